"""Auto Scaling groups: their zones, size and health checks, and how their instances leave."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Level, Results, Rule, Setting, Severity, WhenUnknown, apart
from ecs_operations.engine.sentences import counted
from ecs_operations.engine.shared_settings import MINIMUM_ZONES
from ecs_operations.facts import tokens
from ecs_operations.facts.controllers import REFRESH, actors
from ecs_operations.facts.ecs_groups import in_cluster, launches_spot
from ecs_operations.facts.graph import Graph, any_true
from ecs_operations.facts.hooks import SOURCE, custom_hooks, managed_draining, providers_of
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import is_true, number, texts
from ecs_operations.facts.zones import zones_behind

HEALTH_CHECKS = frozenset({"EC2", "ELB", "EBS", "VPC_LATTICE"})


ATTACHMENTS = (tokens.GROUP_ATTACHMENT, tokens.TRAFFIC_SOURCE_ATTACHMENT)


NEEDED_PROCESSES = frozenset(
    {"Launch", "Terminate", "AZRebalance", "ReplaceUnhealthy", "HealthCheck", "InstanceRefresh"}
)


DEFAULT_GRACE_S = 300
"""Seconds; what the provider sets when healthCheckGracePeriod is absent."""


@Rule(
    id="asg-multi-az",
    summary="An Auto Scaling group is in several Availability Zones.",
    fix="Give vpc_zone_identifiers one subnet in each of the zones, and no placement_group of strategy cluster.",
    severity=Severity.HIGH,
    source="Amazon EC2 Auto Scaling user guide, Distribute instances across Availability Zones",
    anchors=("Security Hub AutoScaling.2", "Control Tower CT.AUTOSCALING.PR.1"),
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
    settings=(MINIMUM_ZONES,),
    guards=("vpcZoneIdentifiers", "availabilityZones"),
)
def asg_multi_az(group: Resource, graph: Graph, config: Config) -> Results:
    """When the only zone of a cluster fails, every task is gone and there is nowhere to start another.

    Zones are counted, not subnets: two subnets of one zone fail together.
    """
    zones = set(texts(group.get("availabilityZones"))) or zones_behind(graph, group, "vpcZoneIdentifiers")
    if len(zones) < config["minimumZones"]:
        names = ", ".join(sorted(zones)) or "no zone that is named"
        yield f"is in {counted(len(zones), 'zone')} ({names}), must be in at least {config['minimumZones']}"
    if group.get("availabilityZoneDistribution", "capacityDistributionStrategy") == "balanced-only":
        yield "launches nowhere else while a zone has no capacity (capacityDistributionStrategy balanced-only)"
    if len(zones) > 1 and (name := _packed_by(group, graph)):
        yield f"starts its instances in the placement group {name}, which is in one zone (strategy cluster)"


def _packed_by(group: Resource, graph: Graph) -> str:
    """Return the name of the placement group of a group, or of its template, that keeps instances close together."""
    holders = [(group, "placementGroup")]
    for property_ in ("launchTemplate", "mixedInstancesPolicy"):
        if group.has(property_) and not group.undecided(property_):
            templates = graph.targets(group, property_, (tokens.LAUNCH_TEMPLATE,), "id", "name")
            holders += [(template, "placement") for template in templates]
    for holder, property_ in holders:
        if holder.has(property_):
            for one in graph.targets(holder, property_, (tokens.PLACEMENT_GROUP,), "name", "id"):
                if one.get("strategy", default="cluster") == "cluster":
                    return one.name
    return ""


@Rule(
    id="asg-min-capacity",
    summary="An ECS cluster's Auto Scaling group keeps an instance to spare and has room to replace one.",
    fix="Raise min_size to the number of zones, and max_size above it; leave desired_capacity out, or between them.",
    severity=Severity.HIGH,
    source="AWS Well-Architected, Reliability pillar, REL11: use static stability",
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(name="minimumInstances", default=2, minimum=1, maximum=1000, description="Least min_size."),
        Setting(name="spareInstances", default=1, minimum=0, maximum=1000, description="max_size - min_size at least."),
    ),
    guards=("minSize", "maxSize"),
)
def asg_min_capacity(group: Resource, graph: Graph, config: Config) -> Results:
    """With one instance, replacing it stops everything; with max equal to min, a replacement cannot start first."""
    least, most = number(group.get("minSize", default=0)) or 0, number(group.get("maxSize", default=0)) or 0
    wanted = number(group.get("desiredCapacity"))
    small, tight = least < config["minimumInstances"], most - least < config["spareInstances"]
    outside = wanted is not None and not least <= wanted <= most
    if not (small or tight or outside) or not in_cluster(graph, group):
        return
    if small:
        yield f"minSize is {least}, must be at least {config['minimumInstances']}"
    if tight:
        yield f"maxSize is {most:g}, must be at least {least + config['spareInstances']:g}: minSize and room to replace"
    if outside:
        yield f"desiredCapacity is {wanted}, must be between minSize {least} and maxSize {most}"


@Rule(
    id="asg-health-check-type",
    summary="An Auto Scaling group says how it checks its instances, and waits until they have started.",
    fix="Set health_check_type (ELB if the group registers its instances with a load balancer, else EC2) and "
    "health_check_grace_period.",
    severity=Severity.MEDIUM,
    source="Amazon EC2 Auto Scaling user guide, Health checks for instances in an Auto Scaling group",
    anchors=("Security Hub AutoScaling.1", "checkov CKV2_15", "cdk-nag AwsSolutions-AS2"),
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="minimumGraceSeconds",
            default=120,
            minimum=0,
            maximum=7200,
            description="Seconds before an instance's health counts; about twice what an ECS host needs to boot.",
        ),
        Setting(
            name="maximumGraceSeconds",
            default=3600,
            minimum=60,
            maximum=86_400,
            description="Longest of these; until then an instance that failed at its start stays.",
        ),
    ),
    guards=("healthCheckType", "healthCheckGracePeriod"),
)
def asg_health_check_type(group: Resource, graph: Graph, config: Config) -> Results:
    """A check that starts before the host has booted kills every new instance, for ever.

    Tasks with their own network interface are registered themselves, so the group of an ECS cluster is not attached to
    a load balancer and checks with EC2; an attached one that checks only EC2 keeps instances that do not answer.
    """
    kinds = {kind.strip() for kind in str(group.get("healthCheckType", default="")).split(",")}
    if not kinds & HEALTH_CHECKS:
        yield "does not say how it checks instances (healthCheckType EC2 or ELB)"
    elif "ELB" not in kinds and _attached(group, graph):
        yield "is attached to a load balancer but checks only EC2"
    grace = number(group.get("healthCheckGracePeriod", default=DEFAULT_GRACE_S))
    if grace is not None and grace < config["minimumGraceSeconds"]:
        yield f"checks instances after {grace} s, must be at least {config['minimumGraceSeconds']} s"
    if grace is not None and grace > config["maximumGraceSeconds"]:
        yield f"checks instances after {grace:g} s, must be at most {config['maximumGraceSeconds']} s"


def _attached(group: Resource, graph: Graph) -> bool:
    """Return whether a load balancer sends requests to the instances; services attach tasks themselves."""
    own = any(group.has(name) for name in ("targetGroupArns", "loadBalancers", "trafficSources"))
    return own or bool(graph.sources(ATTACHMENTS, "autoscalingGroupName", group, "name", "id"))


@Rule(
    id="asg-processes-not-suspended",
    summary="No Auto Scaling group is deployed with processes suspended that keep it healthy.",
    fix="Remove them from suspended_processes; suspend by hand, for the time of an investigation.",
    severity=Severity.HIGH,
    source="Amazon EC2 Auto Scaling user guide, Suspend and resume processes",
    types=(tokens.GROUP,),
    unknown=WhenUnknown.FAIL,
    guards=("suspendedProcesses",),
)
def asg_processes_not_suspended(group: Resource, graph: Graph, _config: Config) -> Results:
    """A process that is suspended in the program stays off: nothing replaces an instance that failed.

    Without AlarmNotification no scaling policy acts, without AddToLoadBalancer an attached group gets no requests.
    """
    suspended = set(texts(group.get("suspendedProcesses")))
    off = NEEDED_PROCESSES & suspended
    if "AlarmNotification" in suspended and _scaled_by_alarms(group, graph):
        off |= {"AlarmNotification"}
    if "AddToLoadBalancer" in suspended and _attached(group, graph):
        off |= {"AddToLoadBalancer"}
    if off:
        yield f"suspends {', '.join(sorted(off))}"


def _scaled_by_alarms(group: Resource, graph: Graph) -> bool:
    policies = graph.sources((tokens.GROUP_POLICY,), "autoscalingGroupName", group, "name", "id")
    return bool(policies) or bool(providers_of(graph, group))


@Rule(
    id="asg-termination-protection-pair",
    summary="Protection from scale-in has all that it needs to work, and something that lifts it.",
    fix='Set managed_termination_protection and managed_scaling status to "ENABLED" on the provider, and '
    "protect_from_scale_in on the group; without such a provider, remove protect_from_scale_in.",
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, Control the instances Amazon ECS terminates",
    anchors=("Security Hub ECS.19",),
    types=(tokens.CAPACITY_PROVIDER, tokens.GROUP),
    unknown=WhenUnknown.SKIP,
    guards=("autoScalingGroupProvider", "protectFromScaleIn"),
)
def asg_termination_protection_pair(holder: Resource, graph: Graph, _config: Config) -> Results:
    """Protection without scaling protects instances for ever; without the group's flag, new ones are bare at first.

    Only ECS, or a function that may, takes the protection from an instance again: without them no group shrinks.
    """
    if holder.type == tokens.GROUP:
        protected = is_true(holder.get("protectFromScaleIn"))
        if protected and in_cluster(graph, holder) and not _lifted(holder, graph):
            yield "protects its instances from scale-in, and nothing lifts that"
        return
    if not _protects(holder):
        return
    path = "autoScalingGroupProvider"
    if holder.get(path, "managedScaling", "status", default="DISABLED") != "ENABLED":
        yield "protects instances from termination without managed scaling"
    for group in graph.targets(holder, path, (tokens.GROUP,), "arn"):
        if not is_true(group.get("protectFromScaleIn")):
            yield f"{group.name} does not protect new instances from scale-in"


def _protects(provider: Resource) -> bool:
    path = ("autoScalingGroupProvider", "managedTerminationProtection")
    return provider.get(*path, default="DISABLED") == "ENABLED"


def _lifted(group: Resource, graph: Graph) -> bool:
    return any_true(
        lambda: any(_protects(provider) for provider in providers_of(graph, group)),
        lambda: actors(graph, "autoscaling:SetInstanceProtection", group),
    )


@Rule(
    id="asg-capacity-rebalance",
    summary="A group with Spot instances replaces one before it is taken away.",
    fix="Set capacity_rebalance.",
    severity=Severity.MEDIUM,
    source="Amazon EC2 Auto Scaling user guide, Capacity Rebalancing",
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
    guards=("capacityRebalance",),
)
def asg_capacity_rebalance(group: Resource, graph: Graph, _config: Config) -> Results:
    """Two minutes of warning are too short to drain a host; the recommendation to rebalance often comes earlier."""
    if not is_true(group.get("capacityRebalance")) and launches_spot(graph, group):
        yield "waits until its Spot instances are taken away"


DAY_S = 86_400


@Rule(
    id="asg-max-instance-lifetime",
    summary="Every instance is replaced in time: by a rollout of new images, or by a maximum lifetime.",
    fix="Set max_instance_lifetime to some weeks, or let an instance refresh or a controller roll out new "
    "template versions.",
    severity=Severity.LOW,
    source="Amazon EC2 Auto Scaling user guide, Replace Auto Scaling instances based on maximum instance lifetime",
    types=(tokens.GROUP,),
    level=Level.ADVISORY,
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="minimumDays",
            default=7,
            minimum=1,
            maximum=365,
            description="Shortest lifetime that may be set: each end drains a host, and AWS allows 1 day.",
        ),
        Setting(name="maximumDays", default=90, minimum=1, maximum=365, description="Longest; AWS allows 365 days."),
    ),
    guards=("maxInstanceLifetime",),
)
def asg_max_instance_lifetime(group: Resource, graph: Graph, config: Config) -> Results:
    """An instance that nothing replaces runs for years: full disks, leaked memory, an image without a patch.

    A lifetime of a day or two keeps the cluster in motion, and every task with it.
    """
    days = (number(group.get("maxInstanceLifetime")) or 0) / DAY_S
    least, most = config["minimumDays"], config["maximumDays"]
    if (days and least <= days <= most) or not in_cluster(graph, group):
        return
    if days:
        yield f"replaces each instance after {days:g} {'day' if days == 1 else 'days'}, must be {least} to {most}"
    elif not group.has("instanceRefresh") and not actors(graph, REFRESH, group):
        yield "keeps an instance for ever: it has no maximum lifetime, and nothing rolls out its template"


@Rule(
    id="asg-termination-hook",
    summary="An instance waits for its tasks before it terminates.",
    fix="Add an autoscaling.LifecycleHook for autoscaling:EC2_INSTANCE_TERMINATING, or managed draining of a "
    "capacity provider; remove force_delete, which skips both.",
    severity=Severity.HIGH,
    source=SOURCE,
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
    guards=("initialLifecycleHooks", "forceDelete"),
)
def asg_termination_hook(group: Resource, graph: Graph, _config: Config) -> Results:
    """Without a hook, a scale-in or an update of the image kills running tasks in the middle of their requests."""
    forced = is_true(group.get("forceDelete"))
    drained = any_true(lambda: custom_hooks(graph, group), lambda: managed_draining(graph, group))
    if (drained and not forced) or not in_cluster(graph, group):
        return
    if forced:
        yield "is deleted by force (forceDelete), which waits for no hook and no drain"
    if not drained:
        yield "has no terminating lifecycle hook, and no capacity provider drains its instances"


@Rule(
    id="asg-single-drain-owner",
    summary="One mechanism drains the instances of a group, not two.",
    fix='Set managed_draining "DISABLED" on the capacity provider, or remove the hook.',
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, Managed instance draining",
    types=(tokens.GROUP,),
    level=Level.ADVISORY,
    unknown=WhenUnknown.SKIP,
)
def asg_single_drain_owner(group: Resource, graph: Graph, _config: Config) -> Results:
    """Two mechanisms wait for each other: the instance leaves only after the slower one, up to 48 hours later."""
    names = custom_hooks(graph, group)
    providers = [provider.name for provider in managed_draining(graph, group)]
    if names and providers:
        yield f"is drained by the hook {', '.join(names)} and by the capacity provider {', '.join(providers)}"


@Rule(
    id="asg-alb-service-azs-agree",
    summary="A load balancer is enabled in every zone in which instances run tasks.",
    fix="Give the load balancer a subnet in each zone of the Auto Scaling group.",
    severity=Severity.HIGH,
    source="Elastic Load Balancing user guide, Availability Zones and load balancer nodes",
    types=tokens.LOAD_BALANCERS,
    unknown=WhenUnknown.SKIP,
)
def asg_alb_service_azs_agree(balancer: Resource, graph: Graph, _config: Config) -> Results:
    """Targets in a zone that is not enabled are registered, count as capacity, and never get a request."""
    if not graph.of(tokens.GROUP):
        return
    own = zones_behind(graph, balancer, "subnetMappings" if balancer.has("subnetMappings") else "subnets")
    yield from apart(graph.of(tokens.GROUP), lambda group: _deaf_zones(group, graph, own))


def _deaf_zones(group: Resource, graph: Graph, own: frozenset[str]) -> Results:
    missing = sorted(zones_behind(graph, group, "vpcZoneIdentifiers") - own)
    if missing and (_attached(group, graph) or in_cluster(graph, group)):
        yield f"is not enabled in {', '.join(missing)}, where {group.name} runs instances"
