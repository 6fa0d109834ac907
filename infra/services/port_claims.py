"""The ports of Network Load Balancers that a program's services have, and what is made of them."""

from __future__ import annotations

import pulumi

from ..common.args import refused
from ..common.program import PerProgram
from .network_target_group import NetworkTargetGroup, NetworkTargetGroupArgs
from .port import Port
from .service_args import ServiceArgs

_CLAIMS = PerProgram(dict[tuple[str, int], str])
"""Load balancer and its port → the service that has it."""


def network_target_groups(name: str, args: ServiceArgs, opts: pulumi.ResourceOptions) -> list[NetworkTargetGroup]:
    """The target groups of the service `name` at Network Load Balancers, with their listeners, in the order of ports.

    Raises pulumi.RunError for a port of a load balancer that is taken: a listener has one, of TCP and UDP alike.
    """
    for port in args.ports:
        _claim(name, port)
    sidecars = args.sidecars_by_port
    return [
        NetworkTargetGroup(
            f"{name}-{port.used_balancer.name}-{port.listener_port}",
            NetworkTargetGroupArgs(
                platform=args.platform,
                service_name=name,
                port=port,
                container_name=sidecars.get(port.port, name),
                grace_s=args.deployment.chosen_grace_s,
            ),
            opts,
        )
        for port in args.ports
    ]


def _claim(service: str, port: Port) -> None:
    taken = _CLAIMS.get()
    key = port.used_balancer.name, port.listener_port
    if key not in taken:
        taken[key] = service
        return
    other = taken[key]
    who = f"{service} has it twice" if other == service else f"{service} and {other} both want it"
    raise refused(
        f"ports: {port} is one listener, and {who}; give one of them another listens_on, or take protocol='TCP_UDP' "
        "for both of TCP and UDP"
    )
