"""Checks, read-only, that an account has what the first `pulumi up` of a stack needs: one line a check.

What the credentials may not read is said, and is no failure. It knows the program's settings, and is imported by its
command alone, when that runs: all others start without them.

AWS documents the names of quotas (EC2 user guide, "Amazon EC2 service quotas"; VPC and Lambda quotas) and gives their
codes only by `aws service-quotas list-service-quotas`. Those here stand with the same names in several public copies of
that list, compared on 2026-11-27: Standard, Spot Standard, G and VT, P, Inf and Trn vCPUs, network interfaces, Elastic
IPs, VPCs, NAT gateways per zone, concurrent executions.
"""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml
from botocore.exceptions import BotoCoreError, ClientError

from infra.common.location import Location
from infra.common.names import MANAGED_BY, Names
from infra.environment.deployer import Deployer
from infra.environment.network.addressing import AddressPlan
from infra.environment.network.addressing import Zone as AvailabilityZone
from infra.environment.settings import Settings, parse
from lambdas.capacity.network_interfaces import QUOTA as INTERFACES
from lambdas.cluster.errors import code_of
from lambdas.cluster.instance_types import INSTANCE_TYPES

from .checked import Checked, Verdict, judged
from .free_addresses import Crowd, checked_addresses, planned_addresses, private_subnets, tags_of
from .hosted_zone import Zone, checked_delegation, checked_zone, read_zone
from .permissions import checked_permissions

LOG_POLICIES: Final = 10
"""Resource policies of CloudWatch Logs for each account and Region (its user guide, "Quotas"); it cannot be raised."""
CONCURRENCY: Final = 10
"""Executions of functions at once: three controllers, and one for each event that wakes them."""
HOST_FAMILIES: Final = {
    "g": "L-DB2E81BA",
    "vt": "L-DB2E81BA",
    "p": "L-417A185B",
    "inf": "L-1945791B",
    "trn": "L-2C3B7624",
}
"""First letters of an instance type → the quota of its vCPUs on demand; all others are STANDARD."""
STANDARD: Final = "L-1216C47A"
"""Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances, in vCPUs."""
STANDARD_SPOT: Final = "L-34B43A08"
"""All Standard Spot Instance Requests, in vCPUs."""
ANY_ZONE: Final = AvailabilityZone(id="any-az1", name="")
"""Which zones there will be takes a look-up; the private subnets of a plan have one size in all of them."""
GROUP_TAG: Final = "aws:autoscaling:groupName"
"""What Auto Scaling gives the instances of a group (its user guide, "Tag Auto Scaling groups and instances")."""
RAISE: Final = (
    "aws service-quotas request-service-quota-increase --service-code {} --quota-code {} --desired-value {:g}"
)

Client = Callable[[str], Any]
"""A boto3 client by the service's name."""


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """A stack's settings and the account that it goes to; each method is a check."""

    settings: Settings
    client: Client

    def findings(self) -> Iterator[Checked]:
        """All checks in their order; one that AWS refuses to answer does not stop the others."""
        for check in (
            self.offers, self.on_demand, self.spot, self.interfaces, self.addresses, self.vpcs, self.nat_gateways,
            self.free_addresses, self.concurrency, self.log_policies, self.linked_roles, self.hosted_zone,
            self.delegation, self.permissions, self.trunking,
        ):  # fmt: skip
            name = check.__name__.replace("_", " ")
            try:
                yield from check()
            except ClientError as error:
                told = error.response.get("Error", {})
                yield Checked(
                    verdict=Verdict.UNKNOWN, what=name, text=f"AWS says {told.get('Code')}: {told.get('Message')}"
                )
            except BotoCoreError as error:
                yield Checked(verdict=Verdict.UNKNOWN, what=name, text=str(error))

    def offers(self) -> Iterator[Checked]:
        """As many zones that offer every instance type as the network has."""
        types = list(self.settings.instances.types)
        pages = (
            self.client("ec2")
            .get_paginator("describe_instance_type_offerings")
            .paginate(LocationType="availability-zone-id", Filters=[{"Name": "instance-type", "Values": types}])
        )
        found: dict[str, set[str]] = {}
        for one in (each for page in pages for each in page["InstanceTypeOfferings"]):
            found.setdefault(one["Location"], set()).add(one["InstanceType"])
        zones = sum(offered >= set(types) for offered in found.values())
        said = f"{zones} zones offer {', '.join(types)}, {self.settings.network.zones} wanted"
        ok = zones >= self.settings.network.zones
        yield judged("offers of the Region", said, ok=ok, remedy="name other instances.types, or fewer network.zones")

    def on_demand(self) -> Iterator[Checked]:
        """VCPUs for maxSize instances of the largest type, beside what others run."""
        if self.settings.instances.on_demand_percent or self.settings.instances.on_demand_base:
            kind = max(self.settings.instances.types, key=_vcpus)
            yield from self._quota(
                "vCPUs on demand",
                ("ec2", _host_quota(kind)),
                self.settings.instances.max_size * _vcpus(kind),
                self._running(spot=False),
            )

    def spot(self) -> Iterator[Checked]:
        """The same for Spot, where the settings want some."""
        if self.settings.instances.on_demand_percent < 100:  # noqa: PLR2004  percent
            kind = max(self.settings.instances.types, key=_vcpus)
            yield from self._quota(
                "vCPUs of Spot",
                ("ec2", STANDARD_SPOT),
                self.settings.instances.max_size * _vcpus(kind),
                self._running(spot=True),
            )

    def interfaces(self) -> Iterator[Checked]:
        """Network interfaces of a refresh at maxSize; what others have is not counted: it takes a call a thousand."""
        limit = self._allowed("vpc", INTERFACES)
        wanted = self._crowd.instances * self._crowd.of_one
        said = f"{wanted} wanted by a refresh at maxSize, {limit:g} allowed in the account and Region"
        remedy = f"raise it: {RAISE.format('vpc', INTERFACES, 2 * wanted)}"
        yield judged("network interfaces", said, ok=wanted <= limit, remedy=remedy)

    def _running(self, *, spot: bool) -> int:
        group = self._names.group_prefix
        others = [one for one in self._instances if not tags_of(one).get(GROUP_TAG, "").startswith(group)]
        return sum(_vcpus(one["InstanceType"]) for one in others if (one.get("InstanceLifecycle") == "spot") == spot)

    def _of_others(self, found: list[Any]) -> list[Any]:
        """What is not the environment's own: where that stands, it has what it wants."""
        return [one for one in found if not tags_of(one).items() >= self._tags.items()]

    @property
    def _names(self) -> Names:
        return Names(self.settings.environment)

    @property
    def _tags(self) -> dict[str, str]:
        """What the program gives all that it makes, and nobody else has both."""
        return {"environment": self.settings.environment, "managed-by": MANAGED_BY}

    @cached_property
    def _instances(self) -> list[Any]:
        """All of the account and Region that start or run."""
        pages = (
            self.client("ec2")
            .get_paginator("describe_instances")
            .paginate(Filters=[{"Name": "instance-state-name", "Values": ["pending", "running"]}])
        )
        return [one for page in pages for group in page["Reservations"] for one in group["Instances"]]

    @cached_property
    def _subnets(self) -> list[Any]:
        """All of the account and Region; AWS tells them in one answer where no page is asked for."""
        return list(self.client("ec2").describe_subnets()["Subnets"])

    def addresses(self) -> Iterator[Checked]:
        """Elastic IP addresses of the NAT gateways."""
        if wanted := self._gateways():
            used = self._of_others(self.client("ec2").describe_addresses()["Addresses"])
            yield from self._quota("Elastic IP addresses", ("ec2", "L-0263D0A3"), wanted, len(used))

    def vpcs(self) -> Iterator[Checked]:
        """One VPC beside those of others."""
        used = self._of_others(self.client("ec2").describe_vpcs()["Vpcs"])
        yield from self._quota("VPCs", ("vpc", "L-F678F1CE"), 1, len(used))

    def nat_gateways(self) -> Iterator[Checked]:
        """One in a zone beside others'; the fullest zone is not known to be one of ours, and counts all the same."""
        if self._gateways():
            states = [{"Name": "state", "Values": ["pending", "available"]}]
            standing = self.client("ec2").describe_nat_gateways(Filter=states)
            zones = {one["SubnetId"]: one["AvailabilityZone"] for one in self._subnets}
            homes = [zones.get(one.get("SubnetId")) for one in self._of_others(standing["NatGateways"])]
            fullest = max((homes.count(zone) for zone in homes), default=0)
            yield from self._quota("NAT gateways of a zone", ("vpc", "L-FE5A380F"), 1, fullest)

    def free_addresses(self) -> Iterator[Checked]:
        """Addresses in each private subnet of the environment for a refresh at its largest size."""
        subnets = private_subnets(self._subnets, self._names.cluster, self._tags)
        if not subnets:
            cidr = self.settings.network.cidr
            yield planned_addresses(cidr, AddressPlan(cidr).private(ANY_ZONE), self._crowd)
            return
        now = Counter(one.get("SubnetId", "") for one in self._instances)
        yield from checked_addresses(subnets, now, self._crowd)

    @property
    def _crowd(self) -> Crowd:
        instances = self.settings.instances
        return Crowd(
            instances=math.ceil(instances.max_size * self.settings.rollout.max_healthy_percent / 100),
            zones=self.settings.network.zones,
            tasks=instances.tasks_per_instance,
            trunking=instances.trunking,
        )

    def _gateways(self) -> int:
        network = self.settings.network
        return {"perZone": network.zones, "single": 1, "none": 0}[network.nat]

    def _quota(self, what: str, quota: tuple[str, str], wanted: float, used: float) -> Iterator[Checked]:
        service, code = quota
        limit = self._allowed(service, code)
        said = f"{wanted:g} wanted beside {used:g} in use by others, {limit:g} allowed"
        if used + wanted <= limit:
            yield Checked(verdict=Verdict.OK, what=what, text=said)
        else:
            remedy = RAISE.format(service, code, used + wanted)
            yield Checked(verdict=Verdict.PROBLEM, what=what, text=f"{said}; raise it: {remedy}")

    def _allowed(self, service: str, code: str) -> float:
        answer = self.client("service-quotas").get_service_quota(ServiceCode=service, QuotaCode=code)
        return float(answer["Quota"]["Value"])

    def concurrency(self) -> Iterator[Checked]:
        """Room for the controllers beside the account's other functions."""
        limits = self.client("lambda").get_account_settings()["AccountLimit"]
        free = limits["UnreservedConcurrentExecutions"]
        said = f"{free} free executions at once, {CONCURRENCY} or more wanted"
        remedy = RAISE.format("lambda", "L-B99A9384", 1000)
        yield judged("Lambda concurrency", said, ok=free > CONCURRENCY, remedy=f"new accounts begin with 10: {remedy}")

    def log_policies(self) -> Iterator[Checked]:
        """Room for one more resource policy of CloudWatch Logs, or the one that is there already."""
        found = self.client("logs").describe_resource_policies(limit=LOG_POLICIES)["resourcePolicies"]
        names = [one["policyName"] for one in found]
        own = f"{self._names.cluster}-events"
        said = f"{len(names)} of {LOG_POLICIES}" + (", ours among them" if own in names else "")
        remedy = "join two of them, then delete one: aws logs delete-resource-policy --policy-name NAME"
        yield judged("resource policies of Logs", said, ok=own in names or len(names) < LOG_POLICIES, remedy=remedy)

    def linked_roles(self) -> Iterator[Checked]:
        """The service-linked roles; AWS makes them on first use only where the deployer may make them."""
        wanted = {
            "AWSServiceRoleForECS": "ecs.amazonaws.com",
            "AWSServiceRoleForAutoScaling": "autoscaling.amazonaws.com",
            "AWSServiceRoleForElasticLoadBalancing": "elasticloadbalancing.amazonaws.com",
        }
        if self.settings.instances.on_demand_percent < 100:  # noqa: PLR2004  percent
            wanted["AWSServiceRoleForEC2Spot"] = "spot.amazonaws.com"
        for role, service in wanted.items():
            remedy = f"aws iam create-service-linked-role --aws-service-name {service}"
            yield judged(role, *self._role(role), remedy=remedy)

    def _role(self, name: str) -> tuple[str, bool]:
        iam = self.client("iam")
        try:
            iam.get_role(RoleName=name)
        except ClientError as error:
            if code_of(error) != "NoSuchEntity":
                raise
            return "is not there", False
        return "is there", True

    @cached_property
    def _zone(self) -> Zone | None:
        zone_id = self.settings.load_balancer.hosted_zone_id
        return read_zone(self.client("route53"), zone_id) if zone_id else None

    def hosted_zone(self) -> Iterator[Checked]:
        """The zone of the domain exists, is public and holds the domain."""
        domain, zone_id = self.settings.load_balancer.domain, self.settings.load_balancer.hosted_zone_id
        if domain and zone_id:
            yield checked_zone(self._zone, zone_id, domain)
        else:
            yield Checked(verdict=Verdict.OK, what="hosted zone", text="none wanted: no domain is set")

    def delegation(self) -> Iterator[Checked]:
        """The public DNS leads to the zone, as far as this account can tell."""
        if self._zone is not None and not self._zone.private:
            yield from checked_delegation(self.client("route53"), self._zone)

    def permissions(self) -> Iterator[Checked]:
        """What the deployer's policies allow is allowed to the caller."""
        caller = str(self.client("sts").get_caller_identity()["Arn"])
        _, partition, _, _, account, _ = caller.split(":", 5)
        deployer = Deployer(
            names=self._names,
            location=Location(partition=partition, region=self.settings.region, account=account),
            hosted_zone=self.settings.load_balancer.hosted_zone_id or "*",
            boundary=self.settings.permissions_boundary_arn,
        )
        iam = self.client("iam")
        yield from checked_permissions(
            iam, caller, lambda name: str(iam.get_role(RoleName=name)["Role"]["Arn"]), deployer.policies().values()
        )

    def trunking(self) -> Iterator[Checked]:
        """What the account says of trunk interfaces; the deployment sets it for the whole account and Region."""
        if not self.settings.instances.trunking:
            return
        found = self.client("ecs").list_account_settings(name="awsvpcTrunking", effectiveSettings=True)["settings"]
        value = found[0]["value"] if found else "disabled"
        more = "" if value == "enabled" else "; the first up enables it for the whole account and Region"
        yield Checked(verdict=Verdict.OK, what="awsvpcTrunking", text=f"{value}{more}")


def _vcpus(kind: str) -> int:
    """Of an instance type; 0 for one that no environment can use."""
    return INSTANCE_TYPES[kind].vcpus if kind in INSTANCE_TYPES else 0


def _host_quota(kind: str) -> str:
    family = kind.partition(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz-").rstrip("0123456789")
    return HOST_FAMILIES.get(family, STANDARD)


def cli_version(said: str | None) -> Checked:
    """Whether `aws --version` is of AWS CLI 2, which the runbooks use; None: there is none."""
    if said is None:
        return judged(
            "AWS CLI", "there is no aws on the PATH", ok=False, remedy="install AWS CLI 2: the runbooks use it"
        )
    version = said.partition(" ")[0]
    return judged(
        "AWS CLI", version, ok=version.startswith("aws-cli/2."), remedy="install version 2: the runbooks use it"
    )


def installed_cli() -> str | None:
    """What `aws --version` says; None where there is no aws."""
    path = shutil.which("aws")
    if path is None:
        return None
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603  found on the PATH
    return (done.stdout or done.stderr).strip()


def settings_of(stack: str, folder: Path) -> Settings:
    """The settings of a stack file. Raises FileNotFoundError where there is none."""
    content = yaml.safe_load((folder / f"Pulumi.{stack}.yaml").read_text())["config"]
    return parse({key: value if isinstance(value, str) else json.dumps(value) for key, value in content.items()})
