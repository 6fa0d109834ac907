"""Auto Scaling groups: their zones, size and health checks, and how new versions reach their instances."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Level, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.engine.sentences import counted
from ecs_operations.facts import tokens
from ecs_operations.facts.controllers import REFRESH, actors
from ecs_operations.facts.graph import Graph, any_true
from ecs_operations.facts.hooks import SOURCE, custom_hooks, managed_draining
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.zones import zones_behind

HEALTH_CHECKS = ("EC2", "ELB")


NEEDED_PROCESSES = frozenset({"Launch", "Terminate", "AZRebalance", "ReplaceUnhealthy", "HealthCheck"})


ALL_ON_DEMAND = 100
"""Percent; what the provider sets when a mixed group is silent."""


DEFAULT_GRACE_S = 300
"""Seconds; what the provider sets when healthCheckGracePeriod is absent."""


@Rule(
    id="asg-multi-az",
    summary="An Auto Scaling group is in several Availability Zones.",
    fix="Give vpc_zone_identifiers one subnet in each of the zones.",
    severity=Severity.HIGH,
    source="Amazon EC2 Auto Scaling user guide, Distribute instances across Availability Zones",
    anchors=("Security Hub AutoScaling.2", "Control Tower CT.AUTOSCALING.PR.1"),
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
    settings=(Setting(name="minimumZones", default=2, minimum=2, maximum=6, description="Distinct zones at least."),),
    guards=("vpcZoneIdentifiers", "availabilityZones"),
)
def asg_multi_az(group: Resource, graph: Graph, config: Config) -> Results:
    """When the only zone of a cluster fails, every task is gone and there is nowhere to start another.

    Zones are counted, not subnets: two subnets of one zone fail together.
    """
    zones = set(group.get("availabilityZones", default=[])) or zones_behind(graph, group, "vpcZoneIdentifiers")
    if len(zones) < config["minimumZones"]:
        names = ", ".join(sorted(zones)) or "no zone that is named"
        yield f"is in {counted(len(zones), 'zone')} ({names}), must be in at least {config['minimumZones']}"


@Rule(
    id="asg-min-capacity",
    summary="An Auto Scaling group keeps an instance to spare and has room to replace one.",
    fix="Raise min_size to the number of zones, and max_size above it.",
    severity=Severity.HIGH,
    source="AWS Well-Architected, Reliability pillar, REL11: use static stability",
    types=(tokens.GROUP,),
    unknown=WhenUnknown.FAIL,
    settings=(
        Setting(name="minimumInstances", default=2, minimum=1, maximum=1000, description="Least min_size."),
        Setting(name="spareInstances", default=1, minimum=0, maximum=1000, description="max_size - min_size at least."),
    ),
    guards=("minSize", "maxSize"),
)
def asg_min_capacity(group: Resource, config: Config) -> Results:
    """With one instance, replacing it stops everything; with max equal to min, a replacement cannot start first."""
    least, most = group.get("minSize", default=0), group.get("maxSize", default=0)
    if least < config["minimumInstances"]:
        yield f"minSize is {least}, must be at least {config['minimumInstances']}"
    if most - least < config["spareInstances"]:
        yield f"may grow from {least} to {counted(most, 'instance')}, must leave room for {config['spareInstances']}"


@Rule(
    id="asg-health-check-type",
    summary="An Auto Scaling group says how it checks its instances, and waits until they have started.",
    fix="Set health_check_type (ELB if the group registers its instances with a load balancer, else EC2) and "
    "health_check_grace_period.",
    severity=Severity.MEDIUM,
    source="Amazon EC2 Auto Scaling user guide, Health checks for instances in an Auto Scaling group",
    anchors=("Security Hub AutoScaling.1", "checkov CKV2_15", "cdk-nag AwsSolutions-AS2"),
    types=(tokens.GROUP,),
    unknown=WhenUnknown.FAIL,
    settings=(
        Setting(
            name="minimumGraceSeconds",
            default=120,
            minimum=0,
            maximum=7200,
            description="Seconds before an instance's health counts; about twice what an ECS host needs to boot.",
        ),
    ),
    guards=("healthCheckType", "healthCheckGracePeriod"),
)
def asg_health_check_type(group: Resource, config: Config) -> Results:
    """A check that starts before the host has booted kills every new instance, for ever.

    Tasks with their own network interface are registered themselves, so the group of an ECS cluster is not attached to
    a load balancer and checks with EC2; an attached one that checks only EC2 keeps instances that do not answer.
    """
    kind = group.get("healthCheckType")
    attached = any(group.has(name) for name in ("targetGroupArns", "loadBalancers", "trafficSources"))
    if kind not in HEALTH_CHECKS:
        yield "does not say how it checks instances (healthCheckType EC2 or ELB)"
    elif attached and kind != "ELB":
        yield "is attached to a load balancer but checks only EC2"
    grace = group.get("healthCheckGracePeriod", default=DEFAULT_GRACE_S)
    if grace < config["minimumGraceSeconds"]:
        yield f"checks instances after {grace} s, must be at least {config['minimumGraceSeconds']} s"


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
def asg_processes_not_suspended(group: Resource, _config: Config) -> Results:
    """A process that is suspended in the program stays off: nothing replaces an instance that failed."""
    if off := sorted(NEEDED_PROCESSES.intersection(group.get("suspendedProcesses", default=[]))):
        yield f"suspends {', '.join(off)}"


@Rule(
    id="asg-termination-protection-pair",
    summary="Managed termination protection has all that it needs to work.",
    fix='Set managed_scaling status "ENABLED" on the provider and protect_from_scale_in on the group.',
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, Control the instances Amazon ECS terminates",
    anchors=("Security Hub ECS.19",),
    types=(tokens.CAPACITY_PROVIDER,),
    unknown=WhenUnknown.SKIP,
    guards=("autoScalingGroupProvider",),
)
def asg_termination_protection_pair(provider: Resource, graph: Graph, _config: Config) -> Results:
    """Protection without scaling protects instances for ever; without the group's flag, new ones are bare at first."""
    path = "autoScalingGroupProvider"
    if provider.get(path, "managedTerminationProtection", default="DISABLED") != "ENABLED":
        return
    if provider.get(path, "managedScaling", "status", default="DISABLED") != "ENABLED":
        yield "protects instances from termination without managed scaling"
    for group in graph.targets(provider, path, (tokens.GROUP,), "arn"):
        if not group.get("protectFromScaleIn", default=False):
            yield f"{group.name} does not protect new instances from scale-in"


@Rule(
    id="asg-launch-template",
    summary="An Auto Scaling group starts from a launch template.",
    fix="Replace launch_configuration by launch_template.",
    severity=Severity.MEDIUM,
    source="Amazon EC2 Auto Scaling user guide, Launch configurations (no new instance types or features since 2023)",
    anchors=("Security Hub AutoScaling.9", "checkov CKV_315"),
    types=(tokens.GROUP,),
    unknown=WhenUnknown.PRESENT,
    guards=("launchConfiguration",),
)
def asg_launch_template(group: Resource, _config: Config) -> Results:
    """Launch configurations have no versions, so nothing can be rolled back, and AWS no longer extends them."""
    if group.has("launchConfiguration"):
        yield "starts from a launch configuration"


@Rule(
    id="asg-capacity-rebalance",
    summary="A group with Spot instances replaces one before it is taken away.",
    fix="Set capacity_rebalance.",
    severity=Severity.MEDIUM,
    source="Amazon EC2 Auto Scaling user guide, Capacity Rebalancing",
    types=(tokens.GROUP,),
    unknown=WhenUnknown.FAIL,
    guards=("capacityRebalance",),
)
def asg_capacity_rebalance(group: Resource, _config: Config) -> Results:
    """Two minutes of warning are too short to drain a host; the recommendation to rebalance often comes earlier."""
    path = ("mixedInstancesPolicy", "instancesDistribution", "onDemandPercentageAboveBaseCapacity")
    spot = group.has("mixedInstancesPolicy") and group.get(*path, default=ALL_ON_DEMAND) < ALL_ON_DEMAND
    if spot and group.get("capacityRebalance", default=False) is not True:
        yield "waits until its Spot instances are taken away"


TEMPLATES = ("launchTemplate", "mixedInstancesPolicy")


FULL_PERCENT = 100


DAY_S = 86_400


DEFAULT_HEALTHY_PERCENT = 90


@Rule(
    id="asg-instance-refresh",
    summary="A new launch template version reaches the running instances, a few at a time.",
    fix="Set instance_refresh (min_healthy_percentage, scale_in_protected_instances Refresh, no auto_rollback), or let "
    "a controller start the refresh and ignore changes of the group's template.",
    severity=Severity.HIGH,
    source="Amazon EC2 Auto Scaling user guide, Use an instance refresh to update instances",
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
    reads_ignore_changes=True,
    settings=(
        Setting(
            name="minimumHealthyPercent",
            default=90,
            minimum=0,
            maximum=100,
            description="Least share of instances in service during a refresh, unless it launches first.",
        ),
    ),
    guards=("instanceRefresh",),
)
def asg_instance_refresh(group: Resource, graph: Graph, config: Config) -> Results:
    """A template that nothing rolls out leaves old, unpatched images in service for months, and mixes two versions.

    One owner only: when the provider writes the new version into the group before the refresh starts, a rollback
    returns to the new version. So the provider's own refresh must not roll back, and a controller that starts
    refreshes needs a group whose template Pulumi leaves alone.
    """
    ignored = {path.split(".")[0] for path in group.ignore_changes}
    hidden = [name for name in TEMPLATES if group.has(name) and name in ignored]
    if group.has("instanceRefresh"):
        yield from _by_provider(group, config)
        if hidden:
            yield f"ignores changes of {hidden[0]}, so its instance refresh never starts"
        return
    controllers = actors(graph, REFRESH, group)
    if not controllers:
        yield "a new version of its template reaches no running instance"
    elif not hidden:
        names = ", ".join(function.name for function in controllers)
        yield f"{names} may start refreshes, but Pulumi changes the template of the group first"


def _by_provider(group: Resource, config: Config) -> Results:
    preferences = group.get("instanceRefresh", "preferences", default={})
    least = preferences.get("minHealthyPercentage")
    least = DEFAULT_HEALTHY_PERCENT if least is None else least
    most = preferences.get("maxHealthyPercentage") or FULL_PERCENT
    if least < config["minimumHealthyPercent"] and most <= FULL_PERCENT:
        yield f"a refresh may take {FULL_PERCENT - least} % of the instances away at once"
    if preferences.get("autoRollback"):
        yield "a refresh that rolls back returns to the new version, because the provider has already written it"
    if group.get("protectFromScaleIn") and preferences.get("scaleInProtectedInstances") != "Refresh":
        yield "a refresh leaves out instances that are protected from scale-in"
    for name in TEMPLATES:
        yield from _moving(group, name)


def _moving(group: Resource, name: str) -> Results:
    inner = ("launchTemplate", "launchTemplateSpecification") if name == "mixedInstancesPolicy" else ()
    path = (name, *inner, "version")
    if group.is_unknown(*path, noted=False):  # made from the template's latest version, which is a number
        return
    if group.has(name) and str(group.get(*path, default="")) in ("", "$Latest", "$Default"):
        yield f"{name} follows a moving version, a change of which starts no refresh"


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
    days = int(group.get("maxInstanceLifetime", default=0)) / DAY_S
    least, most = config["minimumDays"], config["maximumDays"]
    if days and not least <= days <= most:
        yield f"replaces each instance after {days:g} {'day' if days == 1 else 'days'}, must be {least} to {most}"
    elif not days and not group.has("instanceRefresh") and not actors(graph, REFRESH, group):
        yield "keeps an instance for ever: it has no maximum lifetime, and nothing rolls out its template"


@Rule(
    id="asg-termination-hook",
    summary="An instance waits for its tasks before it terminates.",
    fix="Add an autoscaling.LifecycleHook for autoscaling:EC2_INSTANCE_TERMINATING, or managed draining of a "
    "capacity provider.",
    severity=Severity.HIGH,
    source=SOURCE,
    types=(tokens.GROUP,),
    unknown=WhenUnknown.SKIP,
    guards=("initialLifecycleHooks",),
)
def asg_termination_hook(group: Resource, graph: Graph, _config: Config) -> Results:
    """Without a hook, a scale-in or an update of the image kills running tasks in the middle of their requests."""
    if not any_true(lambda: custom_hooks(graph, group), lambda: managed_draining(graph, group)):
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
    for group in graph.of(tokens.GROUP):
        if missing := sorted(zones_behind(graph, group, "vpcZoneIdentifiers") - own):
            yield f"is not enabled in {', '.join(missing)}, where {group.name} runs instances"
