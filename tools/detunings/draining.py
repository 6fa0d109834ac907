"""Groups, hooks, the handler behind them, capacity and instances."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ecs_operations import Resource
from ecs_operations.facts import tokens
from tools.graph_changes import Change, Inputs, altered, changed, edited, ignoring, joined, opted, user_data, without
from tools.mutation import Edit, Mutation, mutation

INSTANCES = "infra/environment/instances"
CONTROLLERS = "infra/environment/controllers"

GROUP, TEMPLATE, HOOK, SCHEDULE, RULE = (
    tokens.GROUP, tokens.LAUNCH_TEMPLATE, tokens.LIFECYCLE_HOOK, tokens.SCHEDULE, tokens.EVENT_RULE,
)  # fmt: skip
DRAINING, READINESS = "-draining-hook", "-readiness-hook"
CONTROLLER, LIFECYCLE = "-instance-controller-schedule", "-instance-controller-lifecycle"
NOT_ROLLED = "asg-instance-refresh asg-max-instance-lifetime"
NOT_RUN = f"asg-drain-handler-wired {NOT_ROLLED}"
NO_CONTROLLER_RUNS = f"{NOT_RUN} capacity-scaling-present"
VERSION = "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version"
EVERY_MINUTE = 'schedule_expression="rate(1 minute)",'
AGENT_FILE = '"ECS_AWSVPC_BLOCK_IMDS": "true",'
GROUP_INPUT = "metrics_granularity="


def _independent(*ends: str) -> Change:
    """Let the group depend on nothing whose URN has one of these ends."""

    def change(one: Resource) -> Resource:
        return replace(one, depends_on=frozenset(urn for urn in one.depends_on if not urn.endswith(ends)))

    return altered(GROUP, "", change)


def _only_when(**detail: Any) -> Change:
    """Let only events with these details through."""

    def edit(inputs: Inputs) -> Inputs:
        return {**inputs, "eventPattern": {"source": ["aws.autoscaling"], "detail": detail}}

    return edited(RULE, LIFECYCLE, edit)


def _of_the_group(kind: str, name: str, **inputs: Any) -> Change:
    """Add a resource of a type that names the group."""

    def make(resources: Sequence[Resource]) -> Resource:
        (group,) = (one for one in resources if one.type == GROUP)
        return Resource(
            type=kind, name=name, urn=f"{group.urn.rpartition('::')[0].replace(GROUP, kind)}::{name}", inputs=inputs,
            dependencies={"autoscalingGroupName": frozenset({group.urn})}, provider=group.provider,
        )  # fmt: skip

    return joined(make)


def _by_hand(resources: Sequence[Resource]) -> Resource:
    """A single instance that says nothing of what an instance should say."""
    (template,) = (one for one in resources if one.type == TEMPLATE)
    urn = template.urn.replace(TEMPLATE, tokens.INSTANCE)
    inputs = {"instanceType": "m7g.large", "associatePublicIpAddress": True}
    return replace(template, urn=urn, type=tokens.INSTANCE, name="by-hand", inputs=inputs, dependencies={})


def _volume(**settings: Any) -> Change:
    """Set values of the root volume."""

    def edit(inputs: Inputs) -> Inputs:
        (root,) = inputs["blockDeviceMappings"]
        return {**inputs, "blockDeviceMappings": [{**root, "ebs": {**root["ebs"], **settings}}]}

    return edited(TEMPLATE, "", edit)


def _of_type(name: str) -> Callable[[Inputs], Inputs]:
    """Launch instances of one type."""

    def edit(inputs: Inputs) -> Inputs:
        policy = inputs["mixedInstancesPolicy"]
        template = {**policy["launchTemplate"], "overrides": [{"instanceType": name}]}
        return {**inputs, "mixedInstancesPolicy": {**policy, "launchTemplate": template}}

    return edit


def _second_volume(inputs: Inputs) -> Inputs:
    second = {"deviceName": "/dev/xvdf", "ebs": {"volumeSize": 100}}
    return {**inputs, "blockDeviceMappings": [*inputs["blockDeviceMappings"], second]}


def _told(function: str = "-instance-controller-function", **variables: Any) -> Change:
    """Set variables of a function's environment."""

    def edit(inputs: Inputs) -> Inputs:
        return {**inputs, "environment": {"variables": {**inputs["environment"]["variables"], **variables}}}

    return edited(tokens.FUNCTION, function, edit)


OF_THE_HANDLER: tuple[Mutation, ...] = (
    mutation("schedules that are off", NO_CONTROLLER_RUNS,
             changed(SCHEDULE, state="DISABLED"),
             Edit(f"{CONTROLLERS}/controller.py", EVERY_MINUTE, f'{EVERY_MINUTE} state="DISABLED",'), hides="drain alarms-drain"),
    mutation("the schedule of the instance controller is off", NOT_RUN, changed(SCHEDULE, CONTROLLER, state="DISABLED")),
    mutation("a schedule that has ended", NOT_RUN, changed(SCHEDULE, CONTROLLER, endDate="2020-01-01T00:00:00Z")),
    mutation("a schedule of a later year", NOT_RUN, changed(SCHEDULE, CONTROLLER, startDate="2199-01-01T00:00:00Z")),
    mutation("a schedule that runs once", NOT_RUN,
             changed(SCHEDULE, CONTROLLER, scheduleExpression="at(2030-01-01T00:00:00)")),
    mutation("an event rule that is off and the only way", NOT_RUN,
             without(SCHEDULE, CONTROLLER), changed(RULE, LIFECYCLE, state="DISABLED")),
    mutation("an event rule for another hook, and the only way", NOT_RUN,
             without(SCHEDULE, CONTROLLER), _only_when(LifecycleHookName=[{"anything-but": ["drain"]}])),
    mutation("an event rule for other groups, and the only way", NOT_RUN,
             without(SCHEDULE, CONTROLLER), _only_when(AutoScalingGroupName=[{"wildcard": "db-*"}])),
    mutation("a controller that never runs", f"{NOT_RUN} lambda-runtime-limits",
             changed(tokens.FUNCTION, "-instance-controller-function", reservedConcurrentExecutions=0)),
    mutation("a hook that is due before anybody looks", "drain-time-budget",
             changed(HOOK, DRAINING, heartbeatTimeout=30)),
    mutation("a launching hook that is due before anybody looks", "drain-time-budget",
             changed(HOOK, READINESS, heartbeatTimeout=60)),
    mutation("a schedule that is too slow for its hook", "drain-time-budget",
             changed(SCHEDULE, CONTROLLER, scheduleExpression="cron(0/20 * * * ? *)"),
             Edit(f"{CONTROLLERS}/controller.py", EVERY_MINUTE, 'schedule_expression="rate(10 minutes)",')),
    mutation("a window as long as the hook", "drain-time-budget",
             changed(SCHEDULE, CONTROLLER, flexibleTimeWindow={"mode": "FLEXIBLE", "maximumWindowInMinutes": 15})),
    mutation("a capacity controller that looks once a day", "capacity-scaling-present",
             changed(SCHEDULE, "-capacity-controller-schedule", scheduleExpression="rate(1 day)")),
    mutation("a hook that goes before its group", "asg-drain-handler-outlives-group",
             opted(HOOK, DRAINING, retain_on_delete=False)),
    mutation("a handler of another cluster", "asg-drain-handler-wired", _told(TARGET_CLUSTER="ecs-other")),
    mutation("a handler of another hook", "asg-drain-handler-wired", _told(DRAIN_HOOK="other")),
    mutation("a capacity controller of another cluster", "capacity-scaling-present",
             _told("-capacity-controller-function", TARGET_CLUSTER="ecs-other")),
    mutation("a deadline of nothing", "drain-time-budget", _told(DRAIN_DEADLINE_S="0")),
    mutation("a deadline in words", "drain-time-budget", _told(DRAIN_DEADLINE_S="15m")),
    mutation("a handler that goes before its group", "asg-drain-handler-outlives-group",
             _independent("-instance-controller-function", CONTROLLER, "-instance-controller-role"),
             Edit("infra/environment/environment.py", "depends_on=self.instance_controller.resources", "depends_on=[]")),
    mutation("a schedule that goes before the group", "asg-drain-handler-outlives-group", _independent(CONTROLLER)),
    mutation("a group that waits for nothing", "asg-drain-handler-outlives-group cluster-eni-trunking",
             opted(GROUP, depends_on=frozenset())),
)  # fmt: skip

OF_THE_GROUP: tuple[Mutation, ...] = (
    mutation("a dead controller kills every new instance", "asg-launch-hook-continues",
             changed(HOOK, READINESS, defaultResult="ABANDON"),
             Edit(f"{INSTANCES}/hooks.py", 'default_result="CONTINUE",\n            opts', 'default_result="ABANDON",\n            opts')),
    mutation("a launching hook without a word", "asg-launch-hook-continues", changed(HOOK, READINESS, defaultResult=None)),
    mutation("more instances than there can be", "asg-min-capacity capacity-size-left-alone",
             changed(GROUP, desiredCapacity=100)),
    mutation("a size that each up sets back", "capacity-size-left-alone",
             changed(GROUP, desiredCapacity=4),
             Edit(f"{INSTANCES}/group.py", GROUP_INPUT, f"desired_capacity=4, {GROUP_INPUT}")),
    mutation("a size for the night", "capacity-scaling-present",
             _of_the_group(tokens.GROUP_SCHEDULED_ACTION, "night", recurrence="0 20 * * *", desiredCapacity=3)),
    mutation("a second scaling policy", "capacity-scaling-present",
             _of_the_group(tokens.GROUP_POLICY, "cpu", targetTrackingConfiguration={
                 "predefinedMetricSpecification": {"predefinedMetricType": "ASGAverageCPUUtilization"}})),
    mutation("replacements that leave nothing", "asg-instance-maintenance",
             changed(GROUP, instanceMaintenancePolicy={"minHealthyPercentage": 0, "maxHealthyPercentage": 100}),
             Edit(f"{INSTANCES}/group.py", "min_healthy_percentage=100", "min_healthy_percentage=0")),
    mutation("refreshes of half a group", "asg-instance-refresh",
             changed(GROUP, instanceRefresh={"strategy": "Rolling", "preferences": {"checkpointPercentages": [50]}}),
             ignoring(GROUP, "", "initialLifecycleHooks")),
    mutation("a group that is deleted by force", "asg-termination-hook",
             changed(GROUP, forceDelete=True),
             Edit(f"{INSTANCES}/group.py", GROUP_INPUT, f"force_delete=True, {GROUP_INPUT}")),
    mutation("refreshes that are suspended", "asg-processes-not-suspended",
             changed(GROUP, suspendedProcesses=["InstanceRefresh"])),
    mutation("instances that nobody may take away", "asg-termination-protection-pair",
             changed(GROUP, protectFromScaleIn=True),
             Edit(f"{INSTANCES}/group.py", GROUP_INPUT, f"protect_from_scale_in=True, {GROUP_INPUT}")),
    mutation("an attached group that checks instances alone", "asg-health-check-type",
             _of_the_group(tokens.GROUP_ATTACHMENT, "attached", lbTargetGroupArn="x")),
    mutation("a group that goes first", "prod-successor-first",
             opted(GROUP, delete_before_replace=True),
             Edit(f"{INSTANCES}/group.py", "protect=args.protect,", "protect=args.protect, delete_before_replace=True,")),
    mutation("a group that can be deleted", "prod-protect",
             opted(GROUP, protect=False),
             Edit(f"{INSTANCES}/group.py", "protect=args.protect,", "protect=False,")),
    mutation("a cluster that can be deleted", "prod-protect", opted(tokens.CLUSTER, protect=False)),
    mutation("a key that can be deleted", "prod-protect", opted(tokens.KEY, protect=False)),
    mutation("all of a group that Pulumi ignores", "no-ignore-changes-on-guarded", ignoring(GROUP, "", "*")),
    mutation("sizes that Pulumi ignores, in brackets", "no-ignore-changes-on-guarded",
             ignoring(GROUP, "", '["minSize"]', "initialLifecycleHooks",
                      VERSION)),
    mutation("instance types that Pulumi ignores", "asg-instance-refresh",
             ignoring(GROUP, "", "mixedInstancesPolicy", "initialLifecycleHooks"),
             Edit(f"{INSTANCES}/group.py", f'"{VERSION}"', '"mixedInstancesPolicy"')),
    mutation("a network that can be deleted", "prod-protect", opted(tokens.VPC, protect=False)),
    mutation("a warm pool whose instances take tasks", "lt-ecs-agent-config",
             changed(GROUP, warmPool={"poolState": "Stopped"})),
    mutation("a draining hook that is for launches", "asg-termination-hook",
             changed(HOOK, DRAINING, lifecycleTransition="autoscaling:EC2_INSTANCE_LAUNCHING")),
    mutation("instances whose health counts after a day", "asg-health-check-type", changed(GROUP, healthCheckGracePeriod=86_400)),
    mutation("a group that launches nowhere else", "asg-multi-az",
             changed(GROUP, availabilityZoneDistribution={"capacityDistributionStrategy": "balanced-only"})),
    mutation("instances that check their volumes, too", "", changed(GROUP, healthCheckType="EC2,EBS")),
)  # fmt: skip

OF_THE_INSTANCES: tuple[Mutation, ...] = (
    mutation("trunks that are off", "cluster-eni-trunking",
             changed(tokens.ACCOUNT_SETTING, value="disabled"),
             Edit(f"{INSTANCES}/instances.py", 'name="awsvpcTrunking", value="enabled"', 'name="awsvpcTrunking", value="disabled"')),
    mutation("no trunks", "cluster-eni-trunking", without(tokens.ACCOUNT_SETTING)),
    mutation("trunks that come late", "cluster-eni-trunking", _independent("-instances-trunking")),
    mutation("an image that Pulumi ignores", "no-ignore-changes-on-guarded",
             ignoring(TEMPLATE, "", "imageId", "userData"),
             Edit(f"{INSTANCES}/launch_template.py", "opts=pulumi.ResourceOptions(parent=parent)",
                  'opts=pulumi.ResourceOptions(parent=parent, ignore_changes=["imageId", "userData"])')),
    mutation("an image that moves", "lt-image-pinned",
             changed(TEMPLATE, imageId="resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"),
             Edit(f"{INSTANCES}/launch_template.py", "image_id=args.ami_id", 'image_id="resolve:ssm:/images/hosts"')),
    mutation("a root volume smaller than its image", "lt-volumes-fit",
             _volume(volumeSize=8),
             Edit(f"{INSTANCES}/launch_template.py", '"volume_size": args.volume_gib', '"volume_size": 8')),
    mutation("volumes that stay", "lt-volumes-fit", _volume(deleteOnTermination="false")),
    mutation("a second volume in the open", "lt-ebs-encrypted", edited(TEMPLATE, "", _second_volume)),
    mutation("metadata two hops away", "lt-imdsv2",
             changed(TEMPLATE, metadataOptions={"httpTokens": "required", "httpPutResponseHopLimit": 2})),
    mutation("a key to every instance", "lt-no-way-in",
             changed(TEMPLATE, keyName="ops"),
             Edit(f"{INSTANCES}/launch_template.py", 'monitoring={"enabled": True}', 'key_name="ops", monitoring={"enabled": True}')),
    mutation("metadata that is opened again", "lt-ecs-agent-config",
             user_data("ECS_DISABLE_PRIVILEGED=true", "ECS_DISABLE_PRIVILEGED=true\nECS_AWSVPC_BLOCK_IMDS=false")),
    mutation("a cluster that is not of this stack", "lt-ecs-agent-config drain-handler-permissions iam-role-suffices",
             user_data("ECS_CLUSTER=ecs-prod", "ECS_CLUSTER=default"),
             Edit(f"{INSTANCES}/user_data.py", '"ECS_CLUSTER": self.cluster_name', '"ECS_CLUSTER": "default"')),
    mutation("images that are never removed", "lt-ecs-agent-config",
             user_data("ECS_IMAGE_CLEANUP_INTERVAL=30m", "ECS_DISABLE_IMAGE_CLEANUP=true")),
    mutation("a second to stop", "lt-ecs-agent-config",
             user_data("ECS_DISABLE_PRIVILEGED=true", "ECS_CONTAINER_STOP_TIMEOUT=1s")),
    mutation("instances without a role", "lt-ecs-agent-config", changed(TEMPLATE, iamInstanceProfile=None)),
    mutation("instances without metadata", "lt-ecs-agent-config",
             changed(TEMPLATE, metadataOptions={"httpEndpoint": "disabled", "httpTokens": "required"})),
    mutation("instances that do nothing when they start", "lt-ecs-agent-config", changed(TEMPLATE, userData=None)),
    mutation("instances that cannot trunk", "cluster-eni-trunking", edited(GROUP, "", _of_type("t4g.large"))),
    mutation("trunks that go with the stack", "cluster-eni-trunking", opted(tokens.ACCOUNT_SETTING, retain_on_delete=False)),
    mutation("an instance by hand", "lt-imdsv2 lt-ebs-encrypted lt-no-way-in", joined(_by_hand)),
    mutation("instances without metrics of their tasks", "lt-ecs-agent-config",
             user_data("ECS_SELINUX_CAPABLE=true", "ECS_SELINUX_CAPABLE=true\nECS_DISABLE_METRICS=true")),
    mutation("a comment on another cluster", "",
             user_data("ECS_SELINUX_CAPABLE=true", "ECS_SELINUX_CAPABLE=true\n# ECS_CLUSTER=other")),
)  # fmt: skip

OF_THE_PLATFORM = (*OF_THE_HANDLER, *OF_THE_GROUP, *OF_THE_INSTANCES)

OF_THE_SHOP: tuple[Mutation, ...] = (
    mutation("a service that goes first", "prod-successor-first",
             opted(tokens.SERVICE, "cart-service", delete_before_replace=True)),
)  # fmt: skip
