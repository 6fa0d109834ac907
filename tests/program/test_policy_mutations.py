"""Each safeguard that only this pack asks for is taken out of the real program once: exactly its rules notice."""

import base64
import json
from dataclasses import replace
from typing import Any

import pulumi_aws as aws
import pytest

from ecs_operations.facts import tokens
from tests.program.pack_on_graph import (
    Change,
    broken,
    changed,
    detuned,
    edited,
    optioned,
    recorded,
    report_of,
    unlinked,
    without,
)
from tests.support.graph import Graph

GROUP, HOOK, FUNCTION = aws.autoscaling.Group, aws.autoscaling.LifecycleHook, aws.lambda_.Function
ROLE_POLICY, ALARM, SUBNET = aws.iam.RolePolicy, aws.cloudwatch.MetricAlarm, aws.ec2.Subnet
CONTROLLER, DRAINING = "-instance-controller-role", "-draining-hook"
RECORD = aws.route53.Record


@pytest.fixture(scope="module")
def graph() -> Graph:
    return recorded("prod")


def forbidden(*actions: str) -> Change:
    """Take actions out of the controller's role."""

    def edit(inputs: dict[str, Any]) -> dict[str, Any]:
        document = json.loads(inputs["policy"])
        for statement in document["Statement"]:
            statement["Action"] = [action for action in statement["Action"] if action not in actions]
        return {**inputs, "policy": json.dumps(document)}

    return edited(ROLE_POLICY, CONTROLLER, edit)


def elsewhere(inputs: dict[str, Any]) -> dict[str, Any]:
    return {**inputs, "policy": inputs["policy"].replace("autoScalingGroupName/ecs-prod-", "autoScalingGroupName/x-")}


def environment(**variables: str) -> Change:
    def edit(inputs: dict[str, Any]) -> dict[str, Any]:
        return {**inputs, "environment": {"variables": {**inputs["environment"]["variables"], **variables}}}

    return edited(FUNCTION, "", edit)


def user_data(old: str, new: str) -> Change:
    def edit(inputs: dict[str, Any]) -> dict[str, Any]:
        text = base64.b64decode(inputs["userData"]).decode()
        assert old in text
        return {**inputs, "userData": base64.b64encode(text.replace(old, new).encode()).decode()}

    return edited(aws.ec2.LaunchTemplate, "", edit)


def spot(inputs: dict[str, Any]) -> dict[str, Any]:
    distribution = {
        **inputs["mixedInstancesPolicy"]["instancesDistribution"], "onDemandPercentageAboveBaseCapacity": 50,
    }  # fmt: skip
    return {**inputs, "mixedInstancesPolicy": {**inputs["mixedInstancesPolicy"], "instancesDistribution": distribution}}


def dead_letters_are_lost(inputs: dict[str, Any]) -> dict[str, Any]:
    return {**inputs, "target": {key: value for key, value in inputs["target"].items() if key != "deadLetterConfig"}}


def blind(inputs: dict[str, Any]) -> dict[str, Any]:
    return {**inputs, "aliases": [{**alias, "evaluateTargetHealth": False} for alias in inputs["aliases"]]}


def with_capacity_provider(graph: Graph) -> Graph:
    """The graph and a capacity provider that drains and scales the group."""
    group = graph.one(GROUP)
    provider = replace(
        group,
        urn=group.urn.replace(tokens.GROUP, tokens.CAPACITY_PROVIDER),
        type=tokens.CAPACITY_PROVIDER,
        name="provider",
        inputs={"autoScalingGroupProvider": {"autoScalingGroupArn": "x", "managedScaling": {"status": "ENABLED"}}},
        property_dependencies={"autoScalingGroupProvider": frozenset({group.urn})},
        ignore_changes=(),
    )
    return Graph(nodes=[*graph.nodes, provider], preview=graph.preview)


NOT_ROLLED = {"asg-instance-refresh", "asg-max-instance-lifetime"}
NO_HINT = without(aws.cloudwatch.EventTarget, "-lifecycle")
NO_HEARTBEAT = forbidden("autoscaling:RecordLifecycleActionHeartbeat")
NO_HOOK = (without(HOOK, DRAINING), changed(GROUP, initialLifecycleHooks=None))

MUTATIONS: dict[str, tuple[tuple[Change, ...], set[str]]] = {
    "no terminating hook": (NO_HOOK, {"drain-hook-present"}),
    "a hook without a schedule behind it": (
        (without(aws.scheduler.Schedule), NO_HINT),
        {"drain-handler-wired", "capacity-scaling-present", *NOT_ROLLED},
    ),
    "only the hint is left": (
        (without(aws.scheduler.Schedule),),
        {"capacity-scaling-present", *NOT_ROLLED},
    ),
    "only the schedule is left": ((NO_HINT,), set()),
    "a controller that may complete nothing": (
        (forbidden("autoscaling:CompleteLifecycleAction"), NO_HINT),
        {"drain-handler-wired"},
    ),
    "a controller for another group": (
        (edited(ROLE_POLICY, CONTROLLER, elsewhere), NO_HINT),
        {"drain-handler-wired", *NOT_ROLLED},
    ),
    "a controller that may not drain": (
        (forbidden("ecs:UpdateContainerInstancesState"),),
        {"drain-handler-permissions"},
    ),
    "a controller that may not list tasks": ((forbidden("ecs:ListTasks"),), {"drain-handler-permissions"}),
    "a controller that may not roll out": ((forbidden("autoscaling:StartInstanceRefresh"),), NOT_ROLLED),
    "instances that live a year": ((changed(GROUP, maxInstanceLifetime=31_536_000),), {"asg-max-instance-lifetime"}),
    "logs that go with their bucket": ((changed(aws.s3.Bucket, forceDestroy=True),), {"data-protected"}),
    "no alarm when there is no room": ((without(ALARM, "-capacity-controller-unmet"),), {"alarms-required-set"}),
    "a drain deadline beyond the hook": ((environment(DRAIN_DEADLINE_S="7200"), NO_HEARTBEAT), {"drain-time-budget"}),
    "a drain deadline too short for a task": ((environment(DRAIN_DEADLINE_S="120"),), {"drain-time-budget"}),
    "a hook shorter than the deadline": (
        (changed(HOOK, DRAINING, heartbeatTimeout=300), NO_HEARTBEAT),
        {"drain-time-budget"},
    ),
    "a hook without a default": ((changed(HOOK, DRAINING, defaultResult=None),), {"drain-hook-default-result"}),
    "one instance": ((changed(GROUP, minSize=1),), {"asg-min-capacity"}),
    "no room to replace": ((changed(GROUP, maxSize=3),), {"asg-min-capacity"}),
    "a suspended process": (
        (changed(GROUP, suspendedProcesses=["ReplaceUnhealthy"]),),
        {"asg-processes-not-suspended"},
    ),
    "no health check": ((changed(GROUP, healthCheckType=None),), {"asg-health-check-type"}),
    "a template that Pulumi writes": (
        (optioned(GROUP, ignore_changes=("initialLifecycleHooks",)),),
        {"asg-instance-refresh"},
    ),
    "two who roll out": (
        (changed(GROUP, instanceRefresh={"strategy": "Rolling", "preferences": {"autoRollback": True}}),),
        {"asg-instance-refresh"},
    ),
    "ignored sizes": (
        (optioned(GROUP, ignore_changes=("minSize", "mixedInstancesPolicy", "initialLifecycleHooks")),),
        {"no-ignore-changes-on-guarded"},
    ),
    "Spot without rebalancing": ((edited(GROUP, "", spot),), {"asg-capacity-rebalance"}),
    "tasks with the role of the instance": ((user_data("ECS_AWSVPC_BLOCK_IMDS=true", ""),), {"lt-ecs-agent-config"}),
    "no cluster to join": ((user_data("ECS_CLUSTER=ecs-prod", ""),), {"lt-ecs-agent-config"}),
    "metadata without a session": (
        (changed(aws.ec2.LaunchTemplate, metadataOptions={"httpTokens": "optional"}),),
        {"lt-imdsv2"},
    ),
    "no volume encrypted": ((changed(aws.ec2.LaunchTemplate, blockDeviceMappings=None),), {"lt-ebs-encrypted"}),
    "no log group of the function": (
        (without(aws.cloudwatch.LogGroup, "-instance-controller-logs"),),
        {"logs-group-for-every-producer"},
    ),
    "no alarm on the function": ((without(ALARM, "-instance-controller-errors"),), {"alarms-required-set"}),
    "no alarm on the dead letters": (
        (without(ALARM, "-instance-controller-dead-letter-queue-messages"),),
        {"alarms-required-set"},
    ),
    "an alarm that tells nobody": (
        (changed(ALARM, "-instance-controller-silent", alarmActions=None),),
        {"alarms-have-actions"},
    ),
    "an alarm without a word on silence": (
        (changed(ALARM, "-instance-controller-silent", treatMissingData=None),),
        {"alarms-have-actions"},
    ),
    "events that are dropped": (
        (changed(aws.cloudwatch.EventTarget, "-instance-controller-lifecycle", deadLetterConfig=None),),
        {"event-target-wired"},
    ),
    "a schedule that drops": ((edited(aws.scheduler.Schedule, "", dead_letters_are_lost),), {"event-target-wired"}),
    "no permission to call": ((without(aws.lambda_.Permission),), {"event-target-wired"}),
    "a permission for everybody": ((changed(aws.lambda_.Permission, sourceArn=None),), {"lambda-permission-source"}),
    "no failure path": ((without(aws.lambda_.FunctionEventInvokeConfig),), {"lambda-failure-path"}),
    "the default timeout": ((changed(FUNCTION, timeout=None),), {"lambda-runtime-limits"}),
    "one zone": (
        (changed(SUBNET, availabilityZoneId="euc1-az1", availabilityZone=None),),
        {"asg-multi-az", "alb-multi-az"},
    ),
    "a zone without the load balancer": (
        (unlinked(aws.lb.LoadBalancer, "", "subnets", "euc1-az3"),),
        {"alb-multi-az", "alb-covers-instance-zones"},
    ),
    "an alias that does not look": ((edited(RECORD, "-public-domain", blind),), {"route53-alias-evaluates-health"}),
    "a record that is remembered for a day": ((changed(RECORD, "-certificate-proof", ttl=86400),), {"dns-ttl-bounds"}),
    "the NAT of another zone": ((without(aws.ec2.NatGateway, "az2"),), {"vpc-nat-per-az"}),
    "an open default group": ((without(aws.ec2.DefaultSecurityGroup),), {"vpc-default-sg-closed"}),
    "an unaudited shell": (
        (changed(aws.ecs.Cluster, configuration={"executeCommandConfiguration": {"logging": "NONE"}}),),
        {"cluster-exec-audited"},
    ),
    "a key for ever": ((changed(aws.kms.Key, enableKeyRotation=False),), {"kms-rotation"}),
    "letters in the open": ((changed(aws.sqs.Queue, sqsManagedSseEnabled=False),), {"sns-sqs-encrypted"}),
    "a secret in the function": ((environment(DB_PASSWORD="correct-horse"),), {"taskdef-no-plaintext-secrets"}),
}
"""What is taken out or detuned → the rules that notice. A lost hint is noticed by none: the schedule makes it good."""


@pytest.mark.parametrize(("changes", "rules"), MUTATIONS.values(), ids=MUTATIONS.keys())
def test_exactly_its_rules_notice(graph, changes, rules):
    report = report_of(detuned(graph, *changes))
    assert broken(report) == rules
    assert report.not_evaluated == ()


def test_a_second_drainer_is_noticed(graph):
    assert broken(report_of(with_capacity_provider(graph))) == {"drain-single-owner", "capacity-scaling-present"}


def test_nothing_is_noticed_before_anything_is_taken_out(graph):
    assert broken(report_of(graph)) == set()
