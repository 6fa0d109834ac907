"""For every input of a service, an effect that can be seen in a rendered resource."""

from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.common.iam import allow
from infra.services.caller import Caller
from infra.services.container import Container
from infra.services.deployment import Deployment
from infra.services.egress import Egress
from infra.services.firelens import LogOptions, LogRouter
from infra.services.job import Job
from infra.services.lifecycle_hook import LifecycleHook
from infra.services.limits import Limits
from infra.services.login import CognitoLogin, OidcLogin
from infra.services.placement import DENSE, Placement
from infra.services.port import Port
from infra.services.redirect import Redirect
from infra.services.routing import HealthCheck, Route
from infra.services.scaling_targets import MetricTarget, QueueTarget, ScheduledBounds
from infra.services.service_args import ServiceArgs
from infra.services.sidecar import Sidecar, log_router
from infra.services.task_scaling import TaskScaling
from infra.services.traffic_shift import BlueGreen, Canary, Linear
from infra.services.volume import EbsVolume, EfsVolume, Mount, Scratch
from tests.support.application import IMAGE, a_platform
from tests.support.graph import ACCOUNT, REGION
from tests.support.ports import EDGE

TASK, SERVICE, GROUP, RULE = aws.ecs.TaskDefinition, aws.ecs.Service, aws.lb.TargetGroup, aws.lb.ListenerRule
POLICY, TARGET, SCALING = aws.iam.RolePolicy, aws.appautoscaling.Target, aws.appautoscaling.Policy
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-AbCdEf"
MORE = allow(["s3:GetObject"], ["arn:aws:s3:::cart/*"])
OTHER = IMAGE.replace("0123", "4567")
IN_ECR = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/cart@sha256:{'a' * 64}"
CONTAINER = "containerDefinitions.0"
TRACKED = "targetTrackingScalingPolicyConfiguration"


@dataclass(frozen=True, kw_only=True)
class Effect:
    """An input with another value than in `base`, and what is then at a path of a resource, and was not before."""

    given: Any
    kind: type
    at: str
    is_: Any
    name: str | None = None
    base: dict[str, Any] = field(default_factory=dict)
    """Inputs of ServiceArgs without which this one would be refused; of an input of Route those of Route."""
    without: dict[str, Any] | None = None
    """Those that are compared with, where `base` without the input would be refused. By default `base`."""


def mount(path: str) -> dict[str, Any]:
    return {"sourceVolume": path.strip("/").replace("/", "-"), "containerPath": path, "readOnly": False}


TO_DB = "cart-security-group-to-db"
OUT, SCHEDULED = aws.vpc.SecurityGroupEgressRule, aws.appautoscaling.ScheduledAction
MEASURED, OWN_METRIC = f"{TRACKED}.customizedMetricSpecification", "cart-auto-scaling-metric"
SIDE = "containerDefinitions.1"
ASKED, POOL = "actions.0.authenticateOidc", "actions.0.authenticateCognito"
LATER: dict[str, Any] = {"path": "/later"}
COGNITO: dict[str, Any] = {"user_pool_arn": "arn:a", "client_id": "a", "domain": "shop"}
OIDC: dict[str, Any] = {
    "issuer": "https://a", "authorization_endpoint": "https://b", "token_endpoint": "https://c",
    "user_info_endpoint": "https://d", "client_id": "e", "client_secret": pulumi.Output.from_input("f"),
}  # fmt: skip
EBS = "volumeConfiguration.managedEbsVolume"


def more_time(service: dict[str, Any]) -> None:
    service["health_check_grace_period_seconds"] = 900


ROUTED = {"route": Route()}
MOUNTED = {"container": Container(mounts=[Mount(volume="work", path="/work")])}
BESIDE = {"containers": [Sidecar(name="proxy", image=OTHER)]}
CHECKED = {"container": Container(health_command=["check"])}
HOOK: dict[str, Any] = {
    "function_arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:look", "stages": ["POST_SCALE_UP"],
}  # fmt: skip
STRATEGY, CALLED = "deploymentConfiguration", "deploymentConfiguration.lifecycleHooks.0"
SHIFTED = {
    "test_header": Effect(
        given="x-test", kind=RULE, name="cart-test-rule-49407", at="conditions.1.httpHeader.values", is_=["cart"]
    ),
    "hooks": Effect(
        given=[LifecycleHook(**HOOK)], kind=SERVICE, at=f"{CALLED}.hookTargetArn", is_=HOOK["function_arn"]
    ),
    "bake_minutes": Effect(given=45, kind=SERVICE, at=f"{STRATEGY}.bakeTimeInMinutes", is_="45"),
}
EFFECTS: dict[type, dict[str, Effect]] = {
    ServiceArgs: {
        "platform": Effect(given=a_platform(cluster_arn="arn:other"), kind=SERVICE, at="cluster", is_="arn:other"),
        "image": Effect(given=OTHER, kind=TASK, at=f"{CONTAINER}.image", is_=OTHER),
        "port": Effect(given=9090, kind=TASK, at=f"{CONTAINER}.portMappings", is_=[
            {"containerPort": 9090, "hostPort": 9090, "protocol": "tcp"}]),
        "cpu_units": Effect(given=512, kind=TASK, at="cpu", is_="512"),
        "memory_mib": Effect(given=1024, kind=TASK, at="memory", is_="1024"),
        "container": Effect(given=Container(user="1:1"), kind=TASK, at=f"{CONTAINER}.user", is_="1:1"),
        "route": Effect(given=Route(path="/a"), kind=SERVICE, at="loadBalancers.0.containerPort", is_=8080),
        "routes": Effect(
            given=[Route(path="/a"), Route(path="/b", priority=7)], kind=RULE, name="cart-target-group-rule-7",
            at="conditions.0.pathPattern.values", is_=["/b"]),
        "ports": Effect(
            given=[Port(port=5432, balancer=EDGE)], kind=SERVICE, at="loadBalancers.0.containerPort", is_=5432),
        "domains": Effect(
            given=["example.org"], kind=RULE, at="conditions.1.hostHeader.values", is_=["a.example.org"],
            base={"route": Route(host="a.example.org")}, without={}),
        "discoverable": Effect(given=True, kind=aws.servicediscovery.Service, at="name", is_="cart"),
        "egress_https": Effect(given=False, kind=aws.vpc.SecurityGroupEgressRule, at="toPort", is_=None),
        "containers": Effect(
            given=[Sidecar(name="proxy", image=OTHER)], kind=TASK, at="containerDefinitions.1.name", is_="proxy"),
        "volumes": Effect(
            given={"work": Scratch()}, kind=TASK, at="volumes.1.name", is_="work", base=MOUNTED,
            without={}),
        "egress": Effect(
            given=[Egress.to_cidr("10.9.0.0/16", 5432)], kind=aws.vpc.SecurityGroupEgressRule,
            name="cart-security-group-to-tcp-5432", at="cidrIpv4", is_="10.9.0.0/16"),
        "statements": Effect(given=[MORE], kind=POLICY, name="cart-task-role", at="policy.Statement", is_=[MORE]),
        "execution_statements": Effect(
            given=[MORE], kind=POLICY, name="cart-task-execution", at="policy.Statement.1", is_=MORE),
        "scaling": Effect(given=TaskScaling(minimum=3), kind=TARGET, at="minCapacity", is_=3),
        "deployment": Effect(
            given=Deployment(maximum_percent=150), kind=SERVICE, at="deploymentMaximumPercent", is_=150),
        "placement": Effect(given=Placement(strategies=[DENSE]), kind=SERVICE, at="orderedPlacementStrategies", is_=[
            {"type": "binpack", "field": "memory"}]),
        "before_deploy": Effect(
            given=Job(image=OTHER), kind=aws.lambda_.Function, at="handler", is_="run_job.handle"),
        "transform": Effect(given={"service": more_time}, kind=SERVICE, at="healthCheckGracePeriodSeconds", is_=900),
        "dashboard": Effect(given=True, kind=aws.cloudwatch.Dashboard, at="dashboardName", is_="ecs-test-service-cart"),
    },
    Container: {
        "command": Effect(given=["serve"], kind=TASK, at=f"{CONTAINER}.command", is_=["serve"]),
        "entry_point": Effect(given=["/serve"], kind=TASK, at=f"{CONTAINER}.entryPoint", is_=["/serve"]),
        "depends_on": Effect(
            given={"proxy": "START"}, kind=TASK, at=f"{CONTAINER}.dependsOn",
            is_=[{"containerName": "proxy", "condition": "START"}], base=BESIDE),
        "mounts": Effect(
            given=[Mount(volume="work", path="/work", read_only=True)], kind=TASK, at=f"{CONTAINER}.mountPoints.1",
            is_={"sourceVolume": "work", "containerPath": "/work", "readOnly": True},
            base={"volumes": {"work": Scratch()}}, without={}),
        "cpu_units": Effect(given=128, kind=TASK, at=f"{CONTAINER}.cpu", is_=128),
        "memory_mib": Effect(given=256, kind=TASK, at=f"{CONTAINER}.memory", is_=256),
        "gpus": Effect(
            given=1, kind=TASK, at=f"{CONTAINER}.resourceRequirements", is_=[{"type": "GPU", "value": "1"}]),
        "limits": Effect(
            given=Limits(shared_memory_mib=128), kind=TASK, at=f"{CONTAINER}.linuxParameters.sharedMemorySize",
            is_=128),
        "log": Effect(
            given=LogOptions(options={"Name": "x"}), kind=TASK, at=f"{CONTAINER}.logConfiguration.logDriver",
            is_="awsfirelens", base={"containers": [log_router(OTHER)]}, without={}),
        "environment": Effect(given={"A": "b"}, kind=TASK, at=f"{CONTAINER}.environment", is_=[
            {"name": "A", "value": "b"}]),
        "secrets": Effect(given={"A": SECRET}, kind=TASK, at=f"{CONTAINER}.secrets", is_=[
            {"name": "A", "valueFrom": SECRET}]),
        "user": Effect(given=None, kind=TASK, at=f"{CONTAINER}.user", is_=None),
        "writable_paths": Effect(given=["/a/b"], kind=TASK, at=f"{CONTAINER}.mountPoints", is_=[mount("/a/b")]),
        "health_command": Effect(given=["check"], kind=TASK, at=f"{CONTAINER}.healthCheck", is_={
            "command": ["CMD", "check"], "interval": 10, "timeout": 5, "retries": 3, "startPeriod": 60}),
        "start_period_s": Effect(
            given=180, kind=TASK, at=f"{CONTAINER}.healthCheck.startPeriod", is_=180, base=CHECKED),
        "stop_timeout_s": Effect(given=45, kind=TASK, at=f"{CONTAINER}.stopTimeout", is_=45),
        "exec": Effect(given=True, kind=SERVICE, at="enableExecuteCommand", is_=True),
        "init_process": Effect(given=False, kind=TASK, at=f"{CONTAINER}.linuxParameters", is_={
            "initProcessEnabled": False}),
        "pull_through_cache": Effect(
            given=True, kind=POLICY, name="cart-task-execution", at="policy.Statement.3.Action",
            is_=["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"], base={"image": IN_ECR}),
        "registry_credentials": Effect(given=SECRET, kind=TASK, at=f"{CONTAINER}.repositoryCredentials", is_={
            "credentialsParameter": SECRET}),
    },
    Sidecar: {
        "name": Effect(given="b", kind=TASK, at=f"{SIDE}.name", is_="b"),
        "image": Effect(given=IMAGE, kind=TASK, at=f"{SIDE}.image", is_=IMAGE),
        "container": Effect(given=Container(user="1:1"), kind=TASK, at=f"{SIDE}.user", is_="1:1"),
        "essential": Effect(given=False, kind=TASK, at=f"{SIDE}.essential", is_=False),
        "port": Effect(given=9901, kind=TASK, at=f"{SIDE}.portMappings", is_=[
            {"containerPort": 9901, "hostPort": 9901, "protocol": "tcp"}]),
        "log_router": Effect(
            given=LogRouter(), kind=TASK, at=f"{SIDE}.firelensConfiguration", is_={"type": "fluentbit"},
            base={"container": Container(log=LogOptions(options={"Name": "x"}))}, without={}),
        "statements": Effect(given=[MORE], kind=POLICY, name="cart-task-role", at="policy.Statement", is_=[MORE]),
    },
    Limits: {
        "ulimits": Effect(given={"nofile": 9}, kind=TASK, at=f"{CONTAINER}.ulimits", is_=[
            {"name": "nofile", "softLimit": 9, "hardLimit": 9}]),
        "shared_memory_mib": Effect(
            given=128, kind=TASK, at=f"{CONTAINER}.linuxParameters.sharedMemorySize", is_=128),
        "tmpfs_mib": Effect(given={"/keys": 8}, kind=TASK, at=f"{CONTAINER}.linuxParameters.tmpfs", is_=[
            {"containerPath": "/keys", "size": 8, "mountOptions": ["nosuid", "nodev"]}]),
        "system_controls": Effect(
            given={"net.core.somaxconn": "4096"}, kind=TASK, at=f"{CONTAINER}.systemControls",
            is_=[{"namespace": "net.core.somaxconn", "value": "4096"}]),
    },
    LogOptions: {
        "options": Effect(given={"Name": "y"}, kind=TASK, at=f"{CONTAINER}.logConfiguration.options.Name", is_="y"),
        "secrets": Effect(given={"key": SECRET}, kind=TASK, at=f"{CONTAINER}.logConfiguration.secretOptions", is_=[
            {"name": "key", "valueFrom": SECRET}]),
    },
    LogRouter: {
        "type": Effect(given="fluentd", kind=TASK, at=f"{SIDE}.firelensConfiguration.type", is_="fluentd"),
        "options": Effect(given={"a": "b"}, kind=TASK, at=f"{SIDE}.firelensConfiguration.options", is_={"a": "b"}),
    },
    Mount: {
        "volume": Effect(given="other", kind=TASK, at=f"{CONTAINER}.mountPoints.1.sourceVolume", is_="other"),
        "path": Effect(given="/other", kind=TASK, at=f"{CONTAINER}.mountPoints.1.containerPath", is_="/other"),
        "read_only": Effect(given=True, kind=TASK, at=f"{CONTAINER}.mountPoints.1.readOnly", is_=True),
    },
    EfsVolume: {
        "file_system_id": Effect(
            given="fs-99999999", kind=TASK, at="volumes.1.efsVolumeConfiguration.fileSystemId", is_="fs-99999999"),
        "access_point_id": Effect(
            given="fsap-99999999", kind=TASK,
            at="volumes.1.efsVolumeConfiguration.authorizationConfig.accessPointId", is_="fsap-99999999"),
        "read_only": Effect(
            given=True, kind=POLICY, name="cart-task-role", at="policy.Statement.0.Action",
            is_=["elasticfilesystem:ClientMount"]),
    },
    EbsVolume: {
        "size_gib": Effect(given=20, kind=SERVICE, at=f"{EBS}.sizeInGb", is_=20),
        "iops": Effect(given=4000, kind=SERVICE, at=f"{EBS}.iops", is_=4000),
        "throughput_mib_s": Effect(given=200, kind=SERVICE, at=f"{EBS}.throughput", is_=200),
        "snapshot_id": Effect(given="snap-1", kind=SERVICE, at=f"{EBS}.snapshotId", is_="snap-1"),
        "file_system_type": Effect(given="ext4", kind=SERVICE, at=f"{EBS}.fileSystemType", is_="ext4"),
    },
    Deployment: {
        "minimum_healthy_percent": Effect(given=50, kind=SERVICE, at="deploymentMinimumHealthyPercent", is_=50),
        "maximum_percent": Effect(given=150, kind=SERVICE, at="deploymentMaximumPercent", is_=150),
        "grace_s": Effect(given=300, kind=SERVICE, at="healthCheckGracePeriodSeconds", is_=300, base=CHECKED),
        "alarm_names": Effect(given=["mine"], kind=SERVICE, at="alarms.alarmNames", is_=["mine"]),
        "timeout_s": Effect(given=600, kind=SERVICE, at="custom_timeouts", is_=("600s", "600s", "600s")),
        "shift": Effect(
            given=BlueGreen(), kind=SERVICE, at=f"{STRATEGY}.strategy", is_="BLUE_GREEN", base=ROUTED),
    },
    BlueGreen: SHIFTED,
    Canary: SHIFTED | {
        "percent": Effect(
            given=2.5, kind=SERVICE, at=f"{STRATEGY}.canaryConfiguration.canaryPercent", is_=2.5),
        "canary_bake_minutes": Effect(
            given=30, kind=SERVICE, at=f"{STRATEGY}.canaryConfiguration.canaryBakeTimeInMinutes", is_="30"),
    },
    Linear: SHIFTED | {
        "percent": Effect(given=25, kind=SERVICE, at=f"{STRATEGY}.linearConfiguration.stepPercent", is_=25),
        "step_bake_minutes": Effect(
            given=3, kind=SERVICE, at=f"{STRATEGY}.linearConfiguration.stepBakeTimeInMinutes", is_="3"),
    },
    LifecycleHook: {
        "function_arn": Effect(
            given=f"{HOOK['function_arn']}:live", kind=POLICY, name="cart-hooks", at="policy.Statement.0.Resource",
            is_=[f"{HOOK['function_arn']}:live"]),
        "stages": Effect(
            given=["PRE_SCALE_UP"], kind=SERVICE, at=f"{CALLED}.lifecycleStages", is_=["PRE_SCALE_UP"]),
        "details": Effect(given={"a": "b"}, kind=SERVICE, at=f"{CALLED}.hookDetails", is_={"a": "b"}),
    },
    TaskScaling: {
        "minimum": Effect(given=3, kind=TARGET, at="minCapacity", is_=3),
        "maximum": Effect(given=12, kind=TARGET, at="maxCapacity", is_=12),
        "desired": Effect(given=4, kind=SERVICE, at="desiredCount", is_=4),
        "cpu_percent": Effect(
            given=50, kind=SCALING, name="cart-auto-scaling-cpu", at=f"{TRACKED}.targetValue", is_=50),
        "memory_percent": Effect(
            given=70, kind=SCALING, name="cart-auto-scaling-memory", at=f"{TRACKED}.targetValue", is_=70),
        "requests_per_minute": Effect(
            given=9, kind=SCALING, name="cart-auto-scaling-requests", at=f"{TRACKED}.targetValue", is_=9, base=ROUTED),
        "queue": Effect(
            given=QueueTarget(queue_name="work", acceptable_latency_s=60, message_s=2), kind=SCALING,
            name="cart-auto-scaling-queue", at=f"{TRACKED}.targetValue", is_=30),
        "metric": Effect(
            given=MetricTarget(namespace="Shop", name="Waiting", value=5), kind=SCALING,
            name="cart-auto-scaling-metric", at=f"{TRACKED}.customizedMetricSpecification.metricName", is_="Waiting"),
        "schedules": Effect(
            given=[ScheduledBounds(name="day", schedule="cron(0 8 ? * MON-FRI *)", minimum=4)], kind=SCHEDULED,
            at="scalableTargetAction.minCapacity", is_=4),
    },
    QueueTarget: {
        "queue_name": Effect(
            given="other", kind=SCALING, name="cart-auto-scaling-queue",
            at=f"{MEASURED}.metrics.0.metricStat.metric.dimensions", is_=[{"name": "QueueName", "value": "other"}]),
        "acceptable_latency_s": Effect(
            given=90, kind=SCALING, name="cart-auto-scaling-queue", at=f"{TRACKED}.targetValue", is_=45),
        "message_s": Effect(
            given=4, kind=SCALING, name="cart-auto-scaling-queue", at=f"{TRACKED}.targetValue", is_=15),
    },
    MetricTarget: {
        "namespace": Effect(given="B", kind=SCALING, name=OWN_METRIC, at=f"{MEASURED}.namespace", is_="B"),
        "name": Effect(given="b", kind=SCALING, name=OWN_METRIC, at=f"{MEASURED}.metricName", is_="b"),
        "value": Effect(given=9.5, kind=SCALING, name=OWN_METRIC, at=f"{TRACKED}.targetValue", is_=9.5),
        "dimensions": Effect(given={"A": "b"}, kind=SCALING, name=OWN_METRIC, at=f"{MEASURED}.dimensions", is_=[
            {"name": "A", "value": "b"}]),
        "statistic": Effect(given="Sum", kind=SCALING, name=OWN_METRIC, at=f"{MEASURED}.statistic", is_="Sum"),
        "unit": Effect(given="Count", kind=SCALING, name=OWN_METRIC, at=f"{MEASURED}.unit", is_="Count"),
    },
    ScheduledBounds: {
        "name": Effect(given="night", kind=SCHEDULED, name="cart-auto-scaling-night", at="serviceNamespace", is_="ecs"),
        "schedule": Effect(
            given="at(2027-01-01T00:00:00)", kind=SCHEDULED, at="schedule", is_="at(2027-01-01T00:00:00)"),
        "time_zone": Effect(given="Europe/Berlin", kind=SCHEDULED, at="timezone", is_="Europe/Berlin"),
        "minimum": Effect(given=5, kind=SCHEDULED, at="scalableTargetAction.minCapacity", is_=5),
        "maximum": Effect(given=20, kind=SCHEDULED, at="scalableTargetAction.maxCapacity", is_=20),
    },
    Egress: {
        "port": Effect(given=6379, kind=OUT, name=TO_DB, at="toPort", is_=6379),
        "protocol": Effect(given="udp", kind=OUT, name=TO_DB, at="ipProtocol", is_="udp"),
        "security_group_id": Effect(
            given="sg-1", kind=OUT, name=TO_DB, at="referencedSecurityGroupId", is_="sg-1"),
        "cidr": Effect(
            given="10.9.0.0/16", kind=OUT, name=TO_DB, at="cidrIpv4", is_="10.9.0.0/16"),
        "prefix_list_id": Effect(given="pl-1", kind=OUT, name=TO_DB, at="prefixListId", is_="pl-1"),
        "name": Effect(given="cache", kind=OUT, name="cart-security-group-to-cache", at="toPort", is_=5432),
        "lets_in": Effect(
            given=False, kind=aws.vpc.SecurityGroupIngressRule, name=TO_DB, at="toPort", is_=None),
    },
    Placement: {
        "strategies": Effect(given=[DENSE], kind=SERVICE, at="orderedPlacementStrategies", is_=[
            {"type": "binpack", "field": "memory"}]),
        "constraints": Effect(given=["a"], kind=SERVICE, at="placementConstraints.0.expression", is_="a"),
        "rebalance": Effect(given=False, kind=SERVICE, at="tags", is_={"ecs-platform:rebalancing": "off"}),
    },
    Route: {
        "host": Effect(given="a.test.example.com", kind=RULE, at="conditions.1.hostHeader.values", is_=[
            "a.test.example.com"]),
        "path": Effect(given="/a", kind=RULE, at="conditions.0.pathPattern.values", is_=["/a"]),
        "methods": Effect(
            given=["GET"], kind=RULE, at="conditions.1.httpRequestMethod.values", is_=["GET"]),
        "headers": Effect(
            given={"X-A": "b"}, kind=RULE, at="conditions.1.httpHeader", is_={
                "httpHeaderName": "X-A", "values": ["b"]}),
        "query": Effect(
            given={"a": "b"}, kind=RULE, at="conditions.1.queryStrings", is_=[{"key": "a", "value": "b"}]),
        "source_cidrs": Effect(
            given=["192.0.2.0/24"], kind=RULE, at="conditions.1.sourceIp.values", is_=["192.0.2.0/24"]),
        "port": Effect(given=9090, kind=SERVICE, at="loadBalancers.0.containerPort", is_=9090),
        "protocol": Effect(given="GRPC", kind=GROUP, at="protocolVersion", is_="GRPC"),
        "slow_start_s": Effect(given=30, kind=GROUP, at="slowStart", is_=30),
        "health_check": Effect(given=HealthCheck(path="/health"), kind=GROUP, at="healthCheck.path", is_="/health"),
        "deregistration_delay_s": Effect(given=40, kind=GROUP, at="deregistrationDelay", is_=40),
        "stickiness_s": Effect(given=60, kind=GROUP, at="stickiness", is_={
            "type": "lb_cookie", "enabled": True, "cookieDuration": 60}),
        "latency_p95_s": Effect(
            given=0.5, kind=aws.cloudwatch.MetricAlarm, name="cart-target-group-slow", at="threshold", is_=0.5),
        "login": Effect(
            given=CognitoLogin(**COGNITO), kind=RULE, at="actions.0.authenticateCognito.userPoolDomain", is_="shop"),
        "redirect": Effect(given=Redirect(host="a.example.com"), kind=RULE, at="actions.0.type", is_="redirect",
            base={"host": "b.test.example.com"}),
        "priority": Effect(given=7, kind=RULE, at="priority", is_=7),
    },
    Redirect: {
        "host": Effect(given="a.example.com", kind=RULE, at="actions.0.redirect.host", is_="a.example.com"),
        "path": Effect(given="/new", kind=RULE, at="actions.0.redirect.path", is_="/new"),
        "query": Effect(given="", kind=RULE, at="actions.0.redirect.query", is_=""),
        "status": Effect(given="HTTP_302", kind=RULE, at="actions.0.redirect.statusCode", is_="HTTP_302"),
    },
    OidcLogin: {
        "issuer": Effect(
            given="https://id.test", kind=RULE, at=f"{ASKED}.issuer", is_="https://id.test"),
        "authorization_endpoint": Effect(
            given="https://id.test/a", kind=RULE, at=f"{ASKED}.authorizationEndpoint", is_="https://id.test/a"),
        "token_endpoint": Effect(
            given="https://id.test/b", kind=RULE, at=f"{ASKED}.tokenEndpoint", is_="https://id.test/b"),
        "user_info_endpoint": Effect(
            given="https://id.test/c", kind=RULE, at=f"{ASKED}.userInfoEndpoint", is_="https://id.test/c"),
        "client_id": Effect(given="other", kind=RULE, at=f"{ASKED}.clientId", is_="other"),
        "client_secret": Effect(
            given=pulumi.Output.from_input("other"), kind=RULE, at=f"{ASKED}.clientSecret", is_="other"),
        "scope": Effect(given="openid email", kind=RULE, at=f"{ASKED}.scope", is_="openid email"),
        "session_s": Effect(given=60, kind=RULE, at=f"{ASKED}.sessionTimeout", is_=60),
        "unauthenticated": Effect(given="deny", kind=RULE, at=f"{ASKED}.onUnauthenticatedRequest", is_="deny"),
    },
    CognitoLogin: {
        "user_pool_arn": Effect(given="arn:b", kind=RULE, at=f"{POOL}.userPoolArn", is_="arn:b"),
        "client_id": Effect(given="other", kind=RULE, at=f"{POOL}.userPoolClientId", is_="other"),
        "domain": Effect(given="other", kind=RULE, at=f"{POOL}.userPoolDomain", is_="other"),
        "scope": Effect(given="openid email", kind=RULE, at=f"{POOL}.scope", is_="openid email"),
        "session_s": Effect(given=60, kind=RULE, at=f"{POOL}.sessionTimeout", is_=60),
        "unauthenticated": Effect(given="allow", kind=RULE, at=f"{POOL}.onUnauthenticatedRequest", is_="allow"),
    },
    HealthCheck: {
        "path": Effect(given="/health", kind=GROUP, at="healthCheck.path", is_="/health"),
        "matcher": Effect(given="200-299", kind=GROUP, at="healthCheck.matcher", is_="200-299"),
        "interval_s": Effect(given=30, kind=GROUP, at="healthCheck.interval", is_=30),
        "timeout_s": Effect(given=4, kind=GROUP, at="healthCheck.timeout", is_=4),
        "healthy_count": Effect(given=5, kind=GROUP, at="healthCheck.healthyThreshold", is_=5),
        "unhealthy_count": Effect(given=6, kind=GROUP, at="healthCheck.unhealthyThreshold", is_=6),
    },
    Caller: {
        "name": Effect(given="b", kind=aws.vpc.SecurityGroupIngressRule, at="description", is_="b calls cart"),
        "security_group_id": Effect(
            given="sg-b", kind=aws.vpc.SecurityGroupIngressRule, at="referencedSecurityGroupId", is_="sg-b"),
        "prefix_list_id": Effect(
            given="pl-b", kind=aws.vpc.SecurityGroupIngressRule, at="prefixListId", is_="pl-b"),
        "cidr": Effect(
            given="10.9.0.0/16", kind=aws.vpc.SecurityGroupIngressRule, at="cidrIpv4", is_="10.9.0.0/16"),
    },
}  # fmt: skip
