"""Every safeguard that is taken out on purpose, and the rules of the policy pack that have to notice it.

The tests take each out of the recorded graph, and out of a copy of the source in batches; `make mutations` previews
the edits of the source one by one, with the real engine. With them every rule that no other catalogue has fails a
preview, but for service-subnets-multi-az and taskdef-fits-instance: in an application they need resources of the
platform's stack, and are not judged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ecs_operations import Resource
from ecs_operations.facts import tokens
from tools.detunings import delivery, draining, services, traffic, ways
from tools.graph_changes import (
    Change,
    Inputs,
    changed,
    container,
    edited,
    ignoring,
    joined,
    provided,
    relinked,
    unprotected,
    user_data,
    without,
)
from tools.mutation import Edit, mutation

INSTANCES = "infra/environment/instances"
CONTROLLERS = "infra/environment/controllers"
BALANCER = "infra/environment/load_balancer"
NETWORK = "infra/environment/network"
SERVICES = "infra/services"

GROUP, TEMPLATE, HOOK, ALARM = tokens.GROUP, tokens.LAUNCH_TEMPLATE, tokens.LIFECYCLE_HOOK, tokens.METRIC_ALARM
SERVICE, TASK, REGISTRY = tokens.SERVICE, tokens.TASK_DEFINITION, tokens.DISCOVERY_SERVICE
DRAINING, CONTROLLER_ROLE = "-draining-hook", "-instance-controller-role"


def _forbidden(*actions: str) -> Change:
    """Take actions out of the instance controller's role."""

    def edit(inputs: Inputs) -> Inputs:
        document = json.loads(inputs["policy"])
        for statement in document["Statement"]:
            statement["Action"] = [action for action in statement["Action"] if action not in actions]
        return {**inputs, "policy": json.dumps(document)}

    return edited(tokens.ROLE_POLICY, CONTROLLER_ROLE, edit)


def _elsewhere(inputs: Inputs) -> Inputs:
    return {**inputs, "policy": inputs["policy"].replace("autoScalingGroupName/ecs-prod-", "autoScalingGroupName/x-")}


def _environment(**variables: str) -> Change:
    def edit(inputs: Inputs) -> Inputs:
        return {**inputs, "environment": {"variables": {**inputs["environment"]["variables"], **variables}}}

    return edited(tokens.FUNCTION, "", edit)


def _inner(property_: str, **values: Any) -> Callable[[Inputs], Inputs]:
    """Set values inside a property; None takes one away."""

    def edit(inputs: Inputs) -> Inputs:
        inner = {key: value for key, value in {**inputs[property_], **values}.items() if value is not None}
        return {**inputs, property_: inner}

    return edit


def _spot(inputs: Inputs) -> Inputs:
    distribution = inputs["mixedInstancesPolicy"]["instancesDistribution"]
    half = {**distribution, "onDemandPercentageAboveBaseCapacity": 50}
    return _inner("mixedInstancesPolicy", instancesDistribution=half)(inputs)


def _not_evaluated(inputs: Inputs) -> Inputs:
    return {**inputs, "aliases": [{**alias, "evaluateTargetHealth": False} for alias in inputs["aliases"]]}


def _provider(resources: Sequence[Resource]) -> Resource:
    """A capacity provider that drains and scales the group."""
    (group,) = (one for one in resources if one.type == GROUP)
    return replace(
        group,
        urn=group.urn.replace(GROUP, tokens.CAPACITY_PROVIDER),
        type=tokens.CAPACITY_PROVIDER,
        name="provider",
        inputs={"autoScalingGroupProvider": {"autoScalingGroupArn": "x", "managedScaling": {"status": "ENABLED"}}},
        dependencies={"autoScalingGroupProvider": frozenset({group.urn})},
        ignore_changes=(),
    )


PROVIDER_SOURCE = """
        aws.ecs.CapacityProvider(
            f"{name}-provider",
            auto_scaling_group_provider={
                "auto_scaling_group_arn": self.group.arn, "managed_scaling": {"status": "ENABLED"},
            },
            opts=self._child_opts,
        )"""
GROUP_SOURCE = "self.group = self._group(template, [*needed, *args.depends_on])"
BREAKER_SOURCE = 'deployment_circuit_breaker={"enable": True, "rollback": True}'

VERSION = "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version"
NOT_ROLLED = "asg-instance-refresh asg-max-instance-lifetime"
NO_HINT = without(tokens.EVENT_TARGET, "-lifecycle")
NO_HEARTBEAT = _forbidden("autoscaling:RecordLifecycleActionHeartbeat")

OF_THE_INSTANCES = (
    mutation("metadata without a session", "lt-imdsv2",
             changed(TEMPLATE, metadataOptions={"httpTokens": "optional"}),
             Edit(f"{INSTANCES}/launch_template.py", '"required"', '"optional"')),
    mutation("volumes in the open", "lt-ebs-encrypted",
             changed(TEMPLATE, blockDeviceMappings=None),
             Edit(f"{INSTANCES}/launch_template.py", '"encrypted": "true"', '"encrypted": "false"')),
    mutation("tasks with the role of the instance", "lt-ecs-agent-config",
             user_data("ECS_AWSVPC_BLOCK_IMDS=true", ""),
             Edit(f"{INSTANCES}/user_data.py", '"ECS_AWSVPC_BLOCK_IMDS": "true"', '"ECS_AWSVPC_BLOCK_IMDS": "false"')),
    mutation("no cluster to join", "lt-ecs-agent-config", user_data("ECS_CLUSTER=ecs-prod", "")),
    mutation("one zone for all instances", "asg-multi-az",
             relinked(GROUP, "", "vpcZoneIdentifiers", lambda urn: urn if urn.endswith("az1") else None),
             Edit(f"{INSTANCES}/instances.py", "=args.network.private_subnet_ids", "=args.network.private_subnet_ids[:1]"),
             hides="asg-alb-service-azs-agree"),
    mutation("one instance", "asg-min-capacity",
             changed(GROUP, minSize=1),
             Edit(f"{INSTANCES}/group.py", "min_size=args.min_size", "min_size=1")),
    mutation("no room to replace", "asg-min-capacity", changed(GROUP, maxSize=3)),
    mutation("no health check", "asg-health-check-type", changed(GROUP, healthCheckType=None)),
    mutation("a suspended process", "asg-processes-not-suspended",
             changed(GROUP, suspendedProcesses=["ReplaceUnhealthy"]),
             Edit(f"{INSTANCES}/group.py",
                  "metrics_granularity=", 'suspended_processes=["ReplaceUnhealthy"], metrics_granularity=')),
    mutation("sizes that Pulumi ignores", "no-ignore-changes-on-guarded",
             ignoring(GROUP, "", "minSize", VERSION, "initialLifecycleHooks"),
             Edit(f"{INSTANCES}/group.py", '["initialLifecycleHooks"]', '["initialLifecycleHooks", "minSize"]')),
    mutation("Spot without rebalancing", "asg-capacity-rebalance lt-ecs-agent-config",
             edited(GROUP, "", _spot),
             Edit(f"{INSTANCES}/group.py", ": self.on_demand_percent,", ": 50,")),
    mutation("instances that live a year", "asg-max-instance-lifetime",
             changed(GROUP, maxInstanceLifetime=31_536_000),
             Edit(f"{INSTANCES}/group.py", "metrics_granularity=", "max_instance_lifetime=31536000, metrics_granularity=")),
    mutation("a template that Pulumi writes", "asg-instance-refresh", ignoring(GROUP, "", "initialLifecycleHooks")),
    mutation("two that roll out", "asg-instance-refresh",
             changed(GROUP, instanceRefresh={"strategy": "Rolling", "preferences": {"autoRollback": True}})),
    mutation("two drainers and two scalers", "asg-single-drain-owner capacity-scaling-present capacity-provider-in-use",
             joined(_provider),
             Edit(f"{INSTANCES}/instances.py", GROUP_SOURCE, GROUP_SOURCE + PROVIDER_SOURCE)),
    mutation("no terminating hook", "asg-termination-hook",
             without(HOOK, DRAINING), changed(GROUP, initialLifecycleHooks=None),
             Edit(f"{INSTANCES}/hooks.py", "(DRAINING_HOOK, TERMINATING, ", "(DRAINING_HOOK, LAUNCHING, "),
             Edit(f"{INSTANCES}/hooks.py", "lifecycle_transition=TERMINATING", "lifecycle_transition=LAUNCHING"),
             hides="drain asg-drain asg-single-drain-owner alarms-drain"),
    mutation("a hook without a default", "drain-hook-default-result",
             changed(HOOK, DRAINING, defaultResult=None),
             Edit(f"{INSTANCES}/hooks.py", 'default_result="ABANDON" if args.retain_abandoned else "CONTINUE",')),
    mutation("a hook shorter than the deadline", "drain-time-budget",
             changed(HOOK, DRAINING, heartbeatTimeout=300), NO_HEARTBEAT),
)  # fmt: skip

OF_THE_CONTROLLERS = (
    mutation("a hook without a schedule behind it", f"asg-drain-handler-wired capacity-scaling-present {NOT_ROLLED}",
             without(tokens.SCHEDULE), NO_HINT),
    mutation("only the hint is left", f"capacity-scaling-present {NOT_ROLLED}", without(tokens.SCHEDULE)),
    mutation("a lost hint, which the schedule makes good", "", NO_HINT),
    mutation("a controller that may complete nothing", "asg-drain-handler-wired",
             _forbidden("autoscaling:CompleteLifecycleAction"), NO_HINT),
    mutation("a controller that may not end a drain, and a hint that does not reach it",
             "asg-drain-handler-wired event-target-wired",
             _forbidden("autoscaling:CompleteLifecycleAction"), changed(tokens.PERMISSION, principal="sns.amazonaws.com"),
             Edit(f"{CONTROLLERS}/instance_controller.py", '"autoscaling:CompleteLifecycleAction"', '"autoscaling:EnterStandby"'),
             Edit(f"{CONTROLLERS}/controller.py", 'principal="events.amazonaws.com"', 'principal="sns.amazonaws.com"'),
             hides="drain alarms-drain"),
    mutation("a controller for another group", f"asg-drain-handler-wired {NOT_ROLLED}",
             edited(tokens.ROLE_POLICY, CONTROLLER_ROLE, _elsewhere), NO_HINT),
    mutation("a controller that may not drain", "drain-handler-permissions",
             _forbidden("ecs:UpdateContainerInstancesState"),
             Edit(f"{CONTROLLERS}/instance_controller.py", '"ecs:UpdateContainerInstancesState"', '"ecs:DescribeTasks"')),
    mutation("a controller that may not list tasks", "drain-handler-permissions", _forbidden("ecs:ListTasks")),
    mutation("a controller that may not roll out", NOT_ROLLED,
             _forbidden("autoscaling:StartInstanceRefresh"),
             Edit(f"{CONTROLLERS}/instance_controller.py",
                  '"autoscaling:StartInstanceRefresh"', '"autoscaling:SetInstanceHealth"')),
    mutation("a controller that may not scale", "capacity-scaling-present",
             Edit(f"{CONTROLLERS}/capacity_controller.py",
                  '"autoscaling:SetDesiredCapacity"', '"autoscaling:SetInstanceHealth"')),
    mutation("a drain deadline that is too short", "drain-time-budget",
             _environment(DRAIN_DEADLINE_S="120"),
             Edit(f"{CONTROLLERS}/instance_controller.py", "environment=args.settings().environment(),",
                  'environment={**args.settings().environment(), "DRAIN_DEADLINE_S": "120"},')),
    mutation("a drain deadline beyond the hook", "drain-time-budget",
             _environment(DRAIN_DEADLINE_S="7200"), NO_HEARTBEAT),
    mutation("functions that log elsewhere", "logs-group-for-every-producer",
             without(tokens.LOG_GROUP, "-instance-controller-logs"),
             Edit(f"{CONTROLLERS}/function.py", "name=log_group_name", "name=args.conventions.names.log_group(args.package)")),
    mutation("functions that fail without an alarm", "alarms-required-set",
             without(ALARM, "-instance-controller-errors"),
             Edit(f"{CONTROLLERS}/function.py", "name=metric", 'name="Duration"')),
    mutation("no alarm on dead-letter messages", "alarms-required-set",
             without(ALARM, "-instance-controller-dead-letter-queue-messages")),
    mutation("no alarm when there is no room", "alarms-required-set", without(ALARM, "-capacity-controller-demand-unmet")),
    mutation("an alarm without an action", "alarms-have-actions",
             changed(ALARM, "-instance-controller-silent", alarmActions=None)),
    mutation("an alarm without a word on missing data", "alarms-have-actions",
             changed(ALARM, "-instance-controller-silent", treatMissingData=None)),
    mutation("events that are dropped", "event-target-wired",
             changed(tokens.EVENT_TARGET, "-instance-controller-lifecycle", deadLetterConfig=None),
             Edit(f"{CONTROLLERS}/controller.py", "            dead_letter_config=", "            input_path=None and ")),
    mutation("a schedule that drops", "event-target-wired",
             edited(tokens.SCHEDULE, "", _inner("target", deadLetterConfig=None))),
    mutation("no permission to invoke", "event-target-wired", without(tokens.PERMISSION)),
    mutation("a permission for everybody", "lambda-permission-source", changed(tokens.PERMISSION, sourceArn=None)),
    mutation("no failure path", "lambda-failure-path", without(tokens.INVOKE_CONFIG)),
    mutation("the default timeout", "lambda-runtime-limits", changed(tokens.FUNCTION, timeout=None)),
    mutation("a secret in the function", "taskdef-no-plaintext-secrets", _environment(DB_PASSWORD="correct-horse")),  # noqa: S106  the point
    mutation("dead-letter messages in the open", "sns-sqs-encrypted-dlq", changed(tokens.QUEUE, sqsManagedSseEnabled=False)),
    mutation("a key for ever", "kms-rotation", changed(tokens.KEY, enableKeyRotation=False)),
)  # fmt: skip

OF_THE_NETWORK = (
    mutation("subnets of one zone", "asg-multi-az alb-multi-az",
             changed(tokens.SUBNET, availabilityZoneId="euc1-az1", availabilityZone=None)),
    mutation("a zone without the load balancer", "alb-multi-az asg-alb-service-azs-agree",
             relinked(tokens.LOAD_BALANCER, "", "subnets", lambda urn: None if urn.endswith("euc1-az3") else urn),
             Edit(f"{BALANCER}/load_balancer.py",
                  "subnets=args.network.public_subnet_ids", "subnets=args.network.public_subnet_ids[:2]")),
    mutation("a load balancer that can be deleted", "alb-deletion-protection",
             changed(tokens.LOAD_BALANCER, enableDeletionProtection=False)),
    mutation("an old TLS policy", "alb-tls-policy",
             changed(tokens.LISTENER, "-public-https", sslPolicy="ELBSecurityPolicy-2016-08")),
    mutation("no alarm on the load balancer", "alarms-required-set", without(ALARM, "-public-errors")),
    mutation("an alias that does not look", "route53-alias-evaluates-health",
             edited(tokens.RECORD, "-public-domain", _not_evaluated),
             Edit(f"{BALANCER}/load_balancer.py", '"evaluate_target_health": True', '"evaluate_target_health": False')),
    mutation("a record that is kept for a day", "dns-ttl-bounds",
             changed(tokens.RECORD, "-certificate-validation-record", ttl=86400),
             Edit("infra/common/certificate.py", "ttl=60", "ttl=86400")),
    mutation("logs that go with their bucket", "prod-protect",
             changed(tokens.BUCKET, forceDestroy=True), unprotected(tokens.BUCKET),
             Edit(f"{BALANCER}/access_logs.py", "force_destroy=not args.keep_on_destroy", "force_destroy=True"),
             Edit(f"{BALANCER}/access_logs.py", "protect=args.conventions.protect", "protect=False")),
    mutation("one NAT gateway for all zones", "vpc-nat-per-az",
             without(tokens.NAT_GATEWAY, "az2"),
             Edit(f"{NETWORK}/network.py", '"perZone": list(public)', '"perZone": list(public)[:1]')),
    mutation("a zone without a route", "vpc-nat-per-az", without(tokens.ROUTE, "private-euc1-az2-internet")),
    mutation("no flow logs", "vpc-flow-logs",
             without(tokens.FLOW_LOG),
             Edit(f"{NETWORK}/network.py", "        FlowLogs(", "        (lambda *_: None)(")),
    mutation("an open default group", "vpc-default-sg-closed", without(tokens.DEFAULT_SECURITY_GROUP)),
    mutation("logs for ever", "logs-retention", changed(tokens.LOG_GROUP, "-exec-logs", retentionInDays=0)),
    mutation("no log group for sessions", "logs-group-for-every-producer", without(tokens.LOG_GROUP, "-exec-logs")),
    mutation("sessions that are not logged", "cluster-exec-audited",
             changed(tokens.CLUSTER, configuration={"executeCommandConfiguration": {"logging": "NONE"}})),
    mutation("no tags", "required-tags", provided(defaultTags='{"tags": {}}')),
)  # fmt: skip

DETUNED = (draining, delivery, traffic, services, ways)

OF_THE_PLATFORM = (
    *OF_THE_INSTANCES, *OF_THE_CONTROLLERS, *OF_THE_NETWORK, *(one for part in DETUNED for one in part.OF_THE_PLATFORM),
)  # fmt: skip

OF_THE_SHOP = (
    mutation("requests cut in flight", "tg-deregistration-delay-bounded",
             changed(tokens.TARGET_GROUP, deregistrationDelay=0),
             Edit(f"{SERVICES}/target_group.py", "=route.deregistration_delay_s", "=0")),
    mutation("targets that are instances", "tg-target-type-matches-network-mode",
             changed(tokens.TARGET_GROUP, targetType="instance"),
             Edit(f"{SERVICES}/target_group.py", '"ip"', '"instance"')),
    mutation("no time to start", "service-health-grace-period",
             changed(SERVICE, "frontend-service", healthCheckGracePeriodSeconds=None),
             Edit(f"{SERVICES}/service.py", "=deployment.chosen_grace_s if args.checked else None", "=None")),
    mutation("no rollback", "service-circuit-breaker",
             changed(SERVICE, "cart-service", deploymentCircuitBreaker=None),
             Edit(f"{SERVICES}/service.py", BREAKER_SOURCE, BREAKER_SOURCE.replace('"rollback": True', '"rollback": False'))),
    mutation("a circuit breaker that Pulumi ignores", "no-ignore-changes-on-guarded",
             ignoring(SERVICE, "cart-service", "desiredCount", "deploymentCircuitBreaker")),
    mutation("no room to move", "service-min-healthy service-az-rebalancing",
             changed(SERVICE, "cart-service", deploymentMaximumPercent=100),
             Edit(f"{SERVICES}/service.py", "=deployment.maximum_percent", "=100")),
    mutation("half a service in a deployment", "service-min-healthy",
             changed(SERVICE, "cart-service", deploymentMinimumHealthyPercent=50)),
    mutation("one task", "service-desired-at-least-two",
             changed(tokens.SCALING_TARGET, "cart-auto-scaling-target", minCapacity=1),
             Edit(f"{SERVICES}/service_auto_scaling.py", "min_capacity=scaling.minimum", "min_capacity=1")),
    mutation("tasks packed on one instance", "service-spread-across-azs",
             changed(SERVICE, "cart-service", orderedPlacementStrategies=[{"type": "binpack", "field": "memory"}]),
             Edit(f"{SERVICES}/service.py",
                  "=list(args.placement.strategies)", "=list(args.placement.strategies)[1:]")),
    mutation("tasks that stay where a failure put them", "service-az-rebalancing",
             changed(SERVICE, "cart-service", availabilityZoneRebalancing="DISABLED"),
             Edit(f"{SERVICES}/service.py", '"ENABLED" if rebalances', '"DISABLED" if rebalances')),
    mutation("a security group that is not their own", "service-own-security-group",
             relinked(SERVICE, "frontend-service", "networkConfiguration",
                      lambda urn: urn.replace("frontend-security-group", "cart-security-group")),
             Edit(f"{SERVICES}/service.py", "security_groups=[self.security_group_id]",
                  "security_groups=[self._args.platform.load_balancer_security_group_id]"),
             hides="tg-reachable sg-narrow"),
    mutation("no scaling policy", "service-autoscaling-present",
             without(tokens.SCALING_POLICY, "cart-auto-scaling-cpu"),
             Edit(f"{SERVICES}/service_auto_scaling.py", " in scaling.targets.items()", " in ()")),
    mutation("a count that is set back", "service-desired-count-ignored",
             ignoring(SERVICE, "cart-service"),
             Edit(f"{SERVICES}/service.py", 'ignore_changes=[MARK, "desiredCount"]', "ignore_changes=[MARK]")),
    mutation("addresses whose health is not reported", "service-registry-health",
             changed(REGISTRY, "cart-registry", healthCheckCustomConfig=None),
             Edit(f"{SERVICES}/service.py", 'health_check_custom_config={"failure_threshold": 1},')),
    mutation("addresses that are kept too long", "dns-ttl-bounds",
             edited(REGISTRY, "cart-registry", _inner("dnsConfig", dnsRecords=[{"type": "A", "ttl": 600}])),
             Edit(f"{SERVICES}/service.py", "DNS_TTL_S}", "600}")),
    mutation("no memory limit", "taskdef-memory-limit",
             container(memory=None), changed(TASK, "frontend-task-definition", memory=None),
             Edit(f"{SERVICES}/task.py", "memory=str(args.content.memory_mib),")),
    mutation("an image that moves", "taskdef-image-pinned",
             container(image="shop/frontend:latest"),
             Edit(f"{SERVICES}/container_definitions.py", '"image": known.image,', '"image": "web:latest",')),
    mutation("no stop timeout", "taskdef-stop-timeout",
             container(stopTimeout=None),
             Edit(f"{SERVICES}/container_definitions.py", '"stopTimeout": container.stop_timeout_s,')),
    mutation("tasks that hang unseen", "taskdef-container-health-check",
             container("cart", healthCheck=None),
             Edit(f"{SERVICES}/container_definitions.py", "if known.health_command:", "if False:")),
    mutation("no alarm on too few tasks", "alarms-required-set",
             without(ALARM, "-tasks"),
             Edit(f"{SERVICES}/service_alarms.py", "name=RUNNING_TASKS", 'name="Whatever"')),
    mutation("no alarm on the targets", "alarms-required-set", without(ALARM, "frontend-target-group-unhealthy")),
    mutation("no log group of a task", "logs-group-for-every-producer", without(tokens.LOG_GROUP, "cart-task-logs")),
    *(one for part in DETUNED for one in part.OF_THE_SHOP),
)  # fmt: skip
