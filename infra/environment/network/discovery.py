"""Private names of services: `cart.dev.internal` instead of an address that lives as long as a task.

Callers must retry when a name does not exist: a resolver caches that answer for as long as the zone's SOA record
says, which is not ours to set, so a new name is seen a little later.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .network import Network


@dataclass(frozen=True, kw_only=True)
class DiscoveryArgs:
    """The namespace is resolved in the network's VPC alone."""

    network: Network
    namespace: str
    """Domain that all private names of the environment end in; nobody outside of the VPC can resolve it."""


class Discovery(pulumi.ComponentResource):
    """A Cloud Map namespace in private DNS. ECS registers tasks in it, and takes them out when they stop."""

    namespace_id: pulumi.Output[str]
    namespace: str

    def __init__(self, name: str, args: DiscoveryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:Discovery", name, None, opts)
        namespace = aws.servicediscovery.PrivateDnsNamespace(
            f"{name}-namespace",
            name=args.namespace,  # the name is what it is for
            description="Private names of services",
            vpc=args.network.vpc_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.namespace_id, self.namespace = namespace.id, args.namespace
        self.register_outputs({"namespace_id": self.namespace_id, "namespace": self.namespace})
