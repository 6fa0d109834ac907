"""Services, task definitions and their secrets."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ecs_operations import Resource
from ecs_operations.facts import tokens
from tools.graph_changes import Change, Inputs, changed, container, edited, ignoring, joined, relinked
from tools.mutation import Edit, Mutation, mutation

SERVICE, TASK, REGISTRY = tokens.SERVICE, tokens.TASK_DEFINITION, tokens.DISCOVERY_SERVICE
SERVICE_SOURCE, TASK_SOURCE, CONTAINER_SOURCE = (
    f"infra/services/{name}.py" for name in ("service", "task", "container_definitions")
)
SCALING_SOURCE = "infra/services/service_auto_scaling.py"
TAGS = dict.fromkeys(("environment", "owner", "managed-by"), "x")
KEY = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PLAIN = "taskdef-no-plaintext-secrets"
BREAKER = 'deployment_circuit_breaker={"enable": True, "rollback": True},'


def _logging(**options: str) -> Change:
    def edit(inputs: Inputs) -> Inputs:
        (found,) = json.loads(inputs["containerDefinitions"])
        found["logConfiguration"]["options"].update(options)
        return {**inputs, "containerDefinitions": json.dumps([found])}

    return edited(TASK, "frontend-task-definition", edit)


def _mounting(**volume: Any) -> Change:
    """Give the volume of a container another place."""
    return edited(TASK, "frontend-task-definition", lambda inputs: {**inputs, "volumes": [{"name": "tmp", **volume}]})


def _tracking(**changes: Any) -> Change:
    path = "targetTrackingScalingPolicyConfiguration"
    return edited(tokens.SCALING_POLICY, "cart-auto-scaling-cpu",
                  lambda inputs: {**inputs, path: {**inputs[path], **changes}})  # fmt: skip


def _kept(ttl: int) -> Change:
    return edited(REGISTRY, "cart-registry",
                  lambda inputs: {**inputs, "dnsConfig": {**inputs["dnsConfig"], "dnsRecords": [{"type": "A", "ttl": ttl}]}})  # fmt: skip


def _of_the_cart(resources: Sequence[Resource]) -> Resource:
    return next(one for one in resources if one.name == "cart-auto-scaling-target")


def _again(resources: Sequence[Resource]) -> Resource:
    """A second scaling target of the cart."""
    target = _of_the_cart(resources)
    return replace(target, name="cart-again", urn=f"{target.urn}-again", inputs={**target.inputs, "minCapacity": 4})


def _at_night(least: int) -> Change:
    """A schedule that sets the bounds of the cart."""

    def action(resources: Sequence[Resource]) -> Resource:
        target = _of_the_cart(resources)
        return replace(
            target,
            name="cart-at-night",
            type=tokens.SCHEDULED_ACTION,
            urn=target.urn.replace(tokens.SCALING_TARGET, tokens.SCHEDULED_ACTION),
            inputs={"resourceId": target.inputs["resourceId"], "scalableTargetAction": {"minCapacity": str(least)}},
            dependencies={"resourceId": frozenset({target.urn})},
        )

    return joined(action)


def _user_data(added: str) -> Change:
    def edit(inputs: Inputs) -> Inputs:
        text = base64.b64decode(inputs["userData"]).decode() + added
        return {**inputs, "userData": base64.b64encode(text.encode()).decode()}

    return edited(tokens.LAUNCH_TEMPLATE, "", edit)


def _variable(name: str, value: str) -> Change:
    return container(environment=[{"name": name, "value": value}])


def _function(**variables: str) -> Change:
    def edit(inputs: Inputs) -> Inputs:
        return {**inputs, "environment": {"variables": {**inputs["environment"]["variables"], **variables}}}

    return edited(tokens.FUNCTION, "", edit)


OF_THE_PLATFORM: tuple[Mutation, ...] = (
    mutation("a password in user data", PLAIN,
             _user_data("\nexport DB_PASSWORD=correct-horse\n"),
             Edit("infra/environment/instances/user_data.py",
                  '"ECS_IMAGE_CLEANUP_INTERVAL": "30m"', '"DB_PASSWORD": "correct-horse"')),
    mutation("a registry's password in user data", PLAIN,
             _user_data('\nECS_ENGINE_AUTH_DATA={"https://example.com":{"username":"a","password":"b"}}\n')),
    mutation("a token in a command of user data", PLAIN,
             _user_data('\ncurl -H "Authorization: Bearer 0123abcd" https://example.com/\n')),
    mutation("a private key in user data, encoded", PLAIN,
             _user_data("\n" + base64.b64encode(b"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n").decode())),
    mutation("a password in a plain parameter", PLAIN,
             joined(lambda resources: replace(
                 resources[0], name="x", urn=f"{resources[0].urn}-x", type=tokens.PARAMETER, protect=False,
                 inputs={"type": "String", "name": "/shop/db-password", "value": "correct-horse", "tags": TAGS}))),
    mutation("a short name in a function", PLAIN, _function(DB_PASS="correct-horse")),  # noqa: S106  the point
    mutation("a key without a name in a function", PLAIN, _function(FEED=KEY)),
)  # fmt: skip

OF_THE_SHOP: tuple[Mutation, ...] = (
    mutation("a deployment that leaves none of four tasks", "service-min-healthy",
             changed(tokens.SCALING_TARGET, "cart-auto-scaling-target", minCapacity=4),
             changed(SERVICE, "cart-service", desiredCount=4, deploymentMinimumHealthyPercent=0),
             Edit(SERVICE_SOURCE, "=deployment.minimum_healthy_percent", "=0")),
    mutation("no room at the largest number of tasks", "service-min-healthy service-az-rebalancing",
             changed(tokens.SCALING_TARGET, "cart-auto-scaling-target", minCapacity=9),
             changed(SERVICE, "cart-service", desiredCount=10, deploymentMinimumHealthyPercent=90,
                     deploymentMaximumPercent=100)),
    mutation("a grace period of nothing", "service-health-grace-period",
             changed(SERVICE, "frontend-service", healthCheckGracePeriodSeconds=0),
             Edit(SERVICE_SOURCE, "=deployment.chosen_grace_s if args.checked else None", "=0")),
    mutation("a grace period that ends before the first check", "service-health-grace-period",
             changed(SERVICE, "frontend-service", healthCheckGracePeriodSeconds=3)),
    mutation("a service that is never deployed", "no-ignore-changes-on-guarded",
             ignoring(SERVICE, "cart-service", "desiredCount", "taskDefinition"),
             Edit(SERVICE_SOURCE, '[MARK, "desiredCount"]', '[MARK, "desiredCount", "taskDefinition"]'),
             hides="service-desired-count-ignored"),
    mutation("a service of which all is ignored", "no-ignore-changes-on-guarded", ignoring(SERVICE, "cart-service", "*")),
    mutation("no alarm that stops a deployment", "service-deployment-alarms",
             changed(SERVICE, "frontend-service", alarms=None),
             Edit(SERVICE_SOURCE, "if alarm_names else None", "if not alarm_names else None")),
    mutation("alarms that no deployment looks at", "service-deployment-alarms",
             changed(SERVICE, "frontend-service", alarms={"enable": False, "rollback": True, "alarmNames": ["x"]})),
    mutation("alarms that stop, and do not roll back", "service-deployment-alarms",
             changed(SERVICE, "frontend-service", alarms={"enable": True, "rollback": False, "alarmNames": ["x"]})),
    mutation("a breaker that is off as a text", "service-circuit-breaker",
             changed(SERVICE, "cart-service", deploymentCircuitBreaker={"enable": "false", "rollback": "true"})),
    mutation("a service that nobody deploys", "service-circuit-breaker",
             changed(SERVICE, "cart-service", deploymentController={"type": "EXTERNAL"}),
             Edit(SERVICE_SOURCE, BREAKER, 'deployment_controller={"type": "EXTERNAL"},'), hides="service"),
    mutation("CodeDeploy without a deployment group", "service-circuit-breaker",
             changed(SERVICE, "frontend-service", deploymentController={"type": "CODE_DEPLOY"})),
    mutation("deployments that nobody waits for", "service-deployment-awaited",
             changed(SERVICE, "cart-service", waitForSteadyState=False),
             Edit(SERVICE_SOURCE, "wait_for_steady_state=True", "wait_for_steady_state=False")),
    mutation("a service with a count that is said to be a daemon", "service-daemon service-min-healthy",
             changed(SERVICE, "cart-service", schedulingStrategy="DAEMON"),
             Edit(SERVICE_SOURCE, 'launch_type="EC2",', 'launch_type="EC2", scheduling_strategy="DAEMON",'),
             hides="service"),
    mutation("two scaling targets", "service-one-scaling-target",
             joined(_again),
             Edit(SCALING_SOURCE, "        self.policies = {",
                  '        aws.appautoscaling.Target(f"{name}-again", service_namespace="ecs", min_capacity=2, max_capacity=4,\n'
                  '            scalable_dimension="ecs:service:DesiredCount", resource_id=self.target.resource_id)\n'
                  "        self.policies = {")),
    mutation("a count outside of its bounds", "service-one-scaling-target",
             changed(SERVICE, "cart-service", desiredCount=40)),
    mutation("a schedule that `up` undoes", "service-desired-count-ignored", _at_night(2)),
    mutation("a schedule that leaves one task", "service-desired-count-ignored service-desired-at-least-two",
             _at_night(1)),
    mutation("a target that is never reached", "service-autoscaling-present",
             _tracking(targetValue=150),
             Edit(SCALING_SOURCE, '"target_value": value,', '"target_value": 150,')),
    mutation("a service that never scales in", "service-autoscaling-present", _tracking(disableScaleIn=True)),
    mutation("a service that scales once a day", "service-autoscaling-present", _tracking(scaleOutCooldown=86400)),
    mutation("scaling that is suspended", "service-autoscaling-present",
             changed(tokens.SCALING_TARGET, "cart-auto-scaling-target",
                     suspendedState={"dynamicScalingInSuspended": True, "dynamicScalingOutSuspended": True})),
    mutation("steps that no alarm calls", "service-autoscaling-present",
             changed(tokens.SCALING_POLICY, "cart-auto-scaling-cpu", policyType="StepScaling")),
    mutation("a private name without tasks", "service-registry-health",
             changed(SERVICE, "cart-service", serviceRegistries=None)),
    mutation("a shift without a second target group", "service-deployment-shift",
             changed(SERVICE, "frontend-service", deploymentConfiguration={
                 "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 10}),
             Edit(SERVICE_SOURCE, "self._shifting.configuration if self._shifting else None",
                  '{"strategy": "BLUE_GREEN", "bake_time_in_minutes": "10"}')),
    mutation("new tasks without time for an alarm", "service-deployment-alarms service-deployment-shift",
             changed(SERVICE, "frontend-service",
                     deploymentConfiguration={"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0})),
    mutation("a capability that is the host's", "taskdef-no-privileged",
             container(linuxParameters={"capabilities": {"add": ["SYS_ADMIN"]}}),
             Edit(CONTAINER_SOURCE, '{"initProcessEnabled": container.init_process, **container.limits.linux_parameters}',
                  '{"capabilities": {"add": ["SYS_ADMIN"]}}')),
    mutation("a disk of the host", "taskdef-no-privileged",
             container(linuxParameters={"devices": [{"hostPath": "/dev/nvme0n1"}]})),
    mutation("system calls without a filter", "taskdef-no-privileged",
             container(dockerSecurityOptions=["no-new-privileges", "seccomp:unconfined"])),
    mutation("a way to become root", "taskdef-non-root",
             container(dockerSecurityOptions=None),
             Edit(CONTAINER_SOURCE, '"dockerSecurityOptions": ["no-new-privileges"],')),
    mutation("the socket of Docker", "taskdef-no-host-paths",
             _mounting(hostPath="/var/run/docker.sock"),
             Edit(TASK_SOURCE, "VolumeArgs(name=name) for", 'VolumeArgs(name=name, host_path="/var/run/docker.sock") for')),
    mutation("the host, by a volume of Docker", "taskdef-no-host-paths",
             _mounting(dockerVolumeConfiguration={"driver": "local", "driverOpts": {"o": "bind", "device": "/"}})),
    mutation("one role for two purposes", "taskdef-roles-split",
             relinked(TASK, "cart-task-definition", "taskRoleArn",
                      lambda urn: urn.replace("cart-task-role", "cart-task-execution")),
             Edit(TASK_SOURCE, "task_role_arn=self.task_role.arn", "task_role_arn=self.execution_role.arn")),
    mutation("a tag that moves with an environment", "taskdef-image-pinned", container(image="shop/frontend:prod")),
    mutation("a tag that moves with each patch", "taskdef-image-pinned", container(image="shop/frontend:v1.2")),
    mutation("no time to stop", "taskdef-stop-timeout", container(stopTimeout=0)),
    mutation("an answer that outlives its task", "dns-ttl-bounds",
             _kept(60),
             Edit("infra/services/requirements.py", "DNS_TTL_S = 10", "DNS_TTL_S = 30"),
             Edit(CONTAINER_SOURCE, '"stopTimeout": container.stop_timeout_s', '"stopTimeout": 20')),
    mutation("a task that stops before its answer is forgotten", "dns-ttl-bounds", container("cart", stopTimeout=5)),
    mutation("a health check that accepts everything", "taskdef-container-health-check",
             container("cart", healthCheck={"command": ["CMD-SHELL", "curl -f http://localhost:8080/ || exit 0"]}),
             Edit(CONTAINER_SOURCE, '["CMD", *known.health_command]', '["CMD-SHELL", "exit 0"]')),
    mutation("a health check that takes an hour", "taskdef-container-health-check",
             container("cart", healthCheck={"command": ["CMD", "/check"], "interval": 300, "retries": 10})),
    mutation("a health check of its own length", "taskdef-container-health-check",
             container("cart", healthCheck={"command": ["CMD", "/check"], "interval": 10, "timeout": 10})),
    mutation("hardly a buffer for lines", "taskdef-log-driver",
             _logging(**{"max-buffer-size": "4k"}),
             Edit(CONTAINER_SOURCE, 'LOG_BUFFER: Final = "25m"', 'LOG_BUFFER: Final = "4k"')),
    mutation("a password in the command", PLAIN,
             container(command=["serve", "--password=correct-horse"]),
             Edit(CONTAINER_SOURCE, '"command": list(known.command)', '"command": ["--password=correct-horse"]')),
    mutation("a password in the program and its arguments", PLAIN,
             container(entryPoint=["mysqladmin"], command=["ping", "-pcorrect-horse"])),
    mutation("a token in a health check", PLAIN,
             container("cart", healthCheck={"command": [
                 "CMD-SHELL", 'curl -f -H "Authorization: Bearer 0123abcd" http://localhost/ || exit 1']})),
    mutation("a key of 64 digits", PLAIN, _variable("FEED", KEY)),
    mutation("a password under a short name", PLAIN, _variable("DB_PASS", "correct-horse")),
    mutation("a password in an address", PLAIN, _variable("CACHE", "redis://:correct-horse@cache:6379")),
    mutation("a token in a label", PLAIN, container(dockerLabels={"api-token": "correct-horse"})),
    mutation("a token in a log option", PLAIN, _logging(**{"splunk-token": "11111111-2222-abcd-4444-555555555555"})),
    mutation("tasks bound to one zone", "service-spread-across-azs", changed(SERVICE, "cart-service", placementConstraints=[
        {"type": "memberOf", "expression": "attribute:ecs.availability-zone == eu-central-1a"}])),
    mutation("tasks bound to a list of one zone", "service-spread-across-azs", changed(
        TASK, "cart-task-definition", placementConstraints=[
            {"type": "memberOf", "expression": "attribute:ecs.availability-zone in [eu-central-1a]"}])),
    mutation("a grace period of a day", "service-health-grace-period",
             changed(SERVICE, "frontend-service", healthCheckGracePeriodSeconds=86_400)),
)  # fmt: skip
