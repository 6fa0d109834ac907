import json

import pulumi
import pulumi_aws as aws
import pytest
from pulumi_aws.ecs import ServiceOrderedPlacementStrategyArgs

from infra.common.iam import allow
from infra.services.caller import Caller
from infra.services.container import Container
from infra.services.container_definitions import EXEC_PATHS
from infra.services.deployment import Deployment
from infra.services.placement import DENSE, INSTANCES, MARK, ZONES, Placement
from infra.services.routing import Route
from infra.services.service import Service
from infra.services.task_scaling import TaskScaling
from tests.support.application import IMAGE, a_platform, a_service
from tests.support.graph import ACCOUNT, REGION
from tests.support.service import container_of, graph_from, graph_with, statements
from tests.support.watched import of_alarm, told

SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-AbCdEf"
ZONES_FIRST = {"type": "spread", "field": "attribute:ecs.availability-zone"}
PARAMETER = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/cart/token"


@pytest.mark.parametrize("preview", [True, False])
def test_a_task_is_locked_down_and_a_preview_shows_it(preview):
    graph = graph_with(preview=preview)
    task, container = graph.one(aws.ecs.TaskDefinition), container_of(graph)
    assert (task["networkMode"], task["requiresCompatibilities"], task["skipDestroy"]) == ("awsvpc", ["EC2"], True)
    assert (task["cpu"], task["memory"], task["family"]) == ("256", "512", "ecs-test-cart")
    assert container["image"] == IMAGE
    assert container["readonlyRootFilesystem"] is True
    assert container["dockerSecurityOptions"] == ["no-new-privileges"]
    assert container["linuxParameters"] == {"initProcessEnabled": True}
    assert container["user"] == "65532:65532"
    assert container["portMappings"] == [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}]


def test_logs_go_to_a_group_of_their_own_and_never_stop_the_application():
    graph = graph_with()
    options = container_of(graph)["logConfiguration"]["options"]
    group = graph.one(aws.cloudwatch.LogGroup)
    assert options["awslogs-group"] == group["name"] == "/ecs-platform/test/services/cart"
    assert (options["mode"], options["max-buffer-size"]) == ("non-blocking", "25m")
    assert group["retentionInDays"] == 90
    assert group.urn in graph.before(graph.one(aws.ecs.Service))


def test_starting_and_running_are_two_roles_that_only_ecs_takes():
    graph = graph_with()
    task = graph.one(aws.ecs.TaskDefinition)
    assert task.property_dependencies["executionRoleArn"] != task.property_dependencies["taskRoleArn"]
    for role in graph.of(aws.iam.Role):
        (statement,) = json.loads(role["assumeRolePolicy"])["Statement"]
        assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert statement["Condition"] == {
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:*"},
        }


def test_an_application_may_do_what_its_statements_say():
    graph = graph_with(statements=[allow(["s3:GetObject"], ["arn:aws:s3:::cart/*"])])
    assert statements(graph, "role") == [
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::cart/*"]}
    ]
    assert not graph_with().of(aws.iam.RolePolicy, "cart-task-role")


def test_commands_in_tasks_are_off_and_when_on_have_what_they_need():
    assert graph_with().one(aws.ecs.Service)["enableExecuteCommand"] is False
    graph = graph_with(container=Container(exec=True, writable_paths=[]))
    assert graph.one(aws.ecs.Service)["enableExecuteCommand"] is True
    assert {mount["containerPath"] for mount in container_of(graph)["mountPoints"]} == set(EXEC_PATHS)
    messages, groups, logs = statements(graph, "role")
    channels = ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel")
    assert messages["Action"] == [f"ssmmessages:{channel}" for channel in channels]
    assert groups["Action"] == ["logs:DescribeLogGroups"]
    assert logs["Resource"] == [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs-platform/test/exec:*"]


def test_every_writable_path_is_an_empty_volume():
    graph = graph_with(container=Container(writable_paths=["/tmp", "/var/cache/nginx"]))
    mounts = {mount["sourceVolume"]: mount["containerPath"] for mount in container_of(graph)["mountPoints"]}
    assert mounts == {"tmp": "/tmp", "var-cache-nginx": "/var/cache/nginx"}
    assert graph.one(aws.ecs.TaskDefinition)["volumes"] == [{"name": "tmp"}, {"name": "var-cache-nginx"}]


def test_command_and_health_are_the_containers():
    container = Container(command=["serve"], health_command=["check"], user=None, stop_timeout_s=45)
    container = container_of(graph_with(container=container))
    assert container["command"] == ["serve"]
    assert container["healthCheck"]["command"] == ["CMD", "check"]
    assert container["stopTimeout"] == 45
    assert "user" not in container


def test_values_of_the_environment_may_be_known_later_in_the_program():
    def program():
        cart = Service("cart", a_service(discoverable=True))
        Service("web", a_service(container=Container(environment={"CART": cart.private_url, "MODE": "fast"})))

    graph = graph_from(program, preview=True)
    (container,) = json.loads(graph.one(aws.ecs.TaskDefinition, "web-task-definition")["containerDefinitions"])
    assert container["environment"] == [
        {"name": "CART", "value": "http://cart.test.internal:8080"},
        {"name": "MODE", "value": "fast"},
    ]


def test_a_route_leads_from_the_listener_to_the_tasks():
    graph = graph_with(route=Route(host="shop.test.example.com", path="/cart*", stickiness_s=60))
    rule, group = graph.one(aws.lb.ListenerRule), graph.one(aws.lb.TargetGroup)
    assert rule["listenerArn"].endswith("/https")
    assert rule["conditions"] == [
        {"pathPattern": {"values": ["/cart*"]}},
        {"hostHeader": {"values": ["shop.test.example.com"]}},
    ]
    assert rule.property_dependencies["actions"] == {group.urn}
    assert (group["targetType"], group["deregistrationDelay"], group["port"]) == ("ip", 30, 8080)
    assert group["stickiness"] == {"type": "lb_cookie", "enabled": True, "cookieDuration": 60}
    assert "name" not in group.inputs
    assert len(group["namePrefix"]) <= 6
    assert (group["healthCheck"]["path"], group["healthCheck"]["matcher"]) == ("/", "200")
    ingress, egress = (
        graph.one(kind, "cart-security-group-from-load-balancer-8080")
        for kind in (aws.vpc.SecurityGroupIngressRule, aws.vpc.SecurityGroupEgressRule)
    )
    assert {rule.urn, ingress.urn, egress.urn} <= graph.before(graph.one(aws.ecs.Service))


def test_without_a_domain_the_rule_stands_at_the_http_listener():
    platform = a_platform(domain=None, https_listener_arn=None)
    assert graph_with(platform=platform, route=Route()).one(aws.lb.ListenerRule)["listenerArn"].endswith("/http")


@pytest.mark.parametrize(
    ("platform", "route", "url"),
    [
        ({}, Route(), "https://test.example.com/"),
        ({}, Route(host="shop.test.example.com", path="/cart*"), "https://shop.test.example.com/cart"),
        ({"domain": None}, Route(), "http://ecs-test-1234567890.eu-central-1.elb.amazonaws.com/"),
    ],
)
def test_a_service_says_where_the_world_finds_it(platform, route, url):
    def program():
        pulumi.export("url", Service("cart", a_service(platform=a_platform(**platform), route=route)).url)

    assert graph_from(program).outputs["url"] == url


def test_a_private_name_follows_the_tasks():
    graph = graph_with(discoverable=True)
    registry, service = graph.one(aws.servicediscovery.Service), graph.one(aws.ecs.Service)
    assert registry["name"] == "cart"
    assert registry["dnsConfig"]["dnsRecords"] == [{"type": "A", "ttl": 10}]
    assert registry["forceDestroy"] is True
    assert registry["healthCheckCustomConfig"] == {"failureThreshold": 1}
    assert service.property_dependencies["serviceRegistries"] == {registry.urn}


def test_tasks_spread_over_zones_and_then_instances():
    service = graph_with().one(aws.ecs.Service)
    assert service["orderedPlacementStrategies"] == [
        {"type": "spread", "field": "attribute:ecs.availability-zone"},
        {"type": "spread", "field": "instanceId"},
    ]
    assert service["availabilityZoneRebalancing"] == "ENABLED"


def test_another_placement_is_not_rebalanced():
    placement = Placement(strategies=[DENSE], constraints=["attribute:ecs.instance-type =~ g5.*"])
    service = graph_with(placement=placement).one(aws.ecs.Service)
    assert service["availabilityZoneRebalancing"] == "DISABLED"
    assert service["placementConstraints"] == [
        {"type": "memberOf", "expression": "attribute:ecs.instance-type =~ g5.*"}
    ]


@pytest.mark.parametrize(
    ("changes", "rebalancing"),
    [
        ({"placement": Placement(strategies=[ServiceOrderedPlacementStrategyArgs(**ZONES_FIRST)])}, "ENABLED"),
        ({"placement": Placement(strategies=[INSTANCES, ZONES])}, "DISABLED"),
        ({"placement": Placement(constraints=["attribute:ecs.availability-zone == eu-central-1a"])}, "DISABLED"),
        ({"deployment": Deployment(minimum_healthy_percent=50, maximum_percent=100)}, "DISABLED"),
    ],
    ids=["zones first, in other words", "zones second", "a zone by constraint", "no task beyond the desired ones"],
)
def test_zones_are_rebalanced_where_ecs_does_not_refuse_to(changes, rebalancing):
    assert graph_with(**changes).one(aws.ecs.Service)["availabilityZoneRebalancing"] == rebalancing


def test_a_deployment_that_fails_rolls_back():
    graph = graph_with(route=Route(), deployment=Deployment(alarm_names=["mine"], grace_s=5, timeout_s=60))
    service, alarm = graph.one(aws.ecs.Service), graph.one(aws.cloudwatch.MetricAlarm, "cart-target-group-errors")
    assert service["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert service["alarms"]["enable"]
    assert service["alarms"]["rollback"]
    assert service["alarms"]["alarmNames"] == ["mine", "cart-target-group-errors-0a1b2c3"]
    assert alarm.urn in service.property_dependencies["alarms"]
    assert (service["waitForSteadyState"], service["healthCheckGracePeriodSeconds"]) == (True, 5)
    assert service.custom_timeouts == ("60s", "60s", "60s")


def test_the_grace_period_is_that_of_the_container_check_too():
    container = Container(health_command=["check"], start_period_s=180)
    graph = graph_with(container=container, deployment=Deployment(grace_s=300))
    assert graph.one(aws.ecs.Service)["healthCheckGracePeriodSeconds"] == 300
    assert container_of(graph)["healthCheck"] == {
        "command": ["CMD", "check"], "interval": 10, "timeout": 5, "retries": 3, "startPeriod": 180,
    }  # fmt: skip
    assert (
        graph_with(container=Container(health_command=["check"])).one(aws.ecs.Service)["healthCheckGracePeriodSeconds"]
        == 60
    )


def test_scaling_owns_the_number_of_tasks():
    graph = graph_with(scaling=TaskScaling(minimum=3, maximum=9, desired=4, memory_percent=70))
    service, target = graph.one(aws.ecs.Service), graph.one(aws.appautoscaling.Target)
    assert service["desiredCount"] == 4
    assert service.ignore_changes == (MARK, "desiredCount")
    assert (target["minCapacity"], target["maxCapacity"]) == (3, 9)
    assert target["resourceId"] == "service/ecs-test/cart-service-0a1b2c3"
    policies = {
        policy["targetTrackingScalingPolicyConfiguration"]["predefinedMetricSpecification"]["predefinedMetricType"]
        for policy in graph.of(aws.appautoscaling.Policy)
    }
    assert policies == {"ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"}


def test_scaling_on_requests_counts_those_of_the_target_group():
    graph = graph_with(route=Route(), scaling=TaskScaling(cpu_percent=None, requests_per_minute=100))
    (policy,) = graph.of(aws.appautoscaling.Policy)
    assert policy["targetTrackingScalingPolicyConfiguration"]["predefinedMetricSpecification"] == {
        "predefinedMetricType": "ALBRequestCountPerTarget",
        "resourceLabel": "app/ecs-test/50dc6c495c0c9188/targetgroup/front-0a1b2c3/943f017f100becff",
    }


def test_a_worker_listens_to_nobody():
    graph = graph_with(port=None, egress_https=False)
    assert container_of(graph)["portMappings"] == []
    assert not graph.of(aws.vpc.SecurityGroupIngressRule)
    assert not graph.of(aws.vpc.SecurityGroupEgressRule)
    assert not graph.of(aws.lb.TargetGroup)
    assert "healthCheckGracePeriodSeconds" not in graph.one(aws.ecs.Service).inputs


def test_every_alarm_of_a_service_notifies_the_topic_of_the_platform():
    graph, platform = graph_with(route=Route()), a_platform()
    alarms = {alarm.name: alarm for alarm in graph.of(aws.cloudwatch.MetricAlarm)}
    assert {name: {one.name: one.statistic for one in of_alarm(alarm)} for name, alarm in alarms.items()} == {
        "cart-target-group-errors": {"HTTPCode_Target_5XX_Count": "Sum", "RequestCount": "Sum"},
        "cart-target-group-unhealthy": {"UnHealthyHostCount": "Maximum"},
        "cart-target-group-slow": {"TargetResponseTime": "p95", "RequestCount": "Sum"},
        "cart-too-few-tasks": {"RunningTasks": "Maximum"},
        "cart-no-tasks": {"RunningTasks": "Maximum"},
        "cart-at-maximum": {"CPUUtilization": "SampleCount"},
    }
    pages = {name for name, alarm in alarms.items() if told(graph, alarm)[1] == [platform.alarm_topic_arn]}
    assert pages == {"cart-target-group-errors", "cart-too-few-tasks", "cart-no-tasks"}
    tickets = {name for name, alarm in alarms.items() if told(graph, alarm)[1] == [platform.ticket_topic_arn]}
    assert tickets == alarms.keys() - pages


def test_a_platform_without_severities_and_causes_gets_every_alarm():
    old = a_platform(ticket_topic_arn=None, at_maximum_alarm_arn=None, runbook_url=None)
    graph = graph_with(route=Route(), platform=old)
    assert all("actionsSuppressor" not in each.inputs for each in graph.of(aws.cloudwatch.CompositeAlarm))
    alarms = graph.of(aws.cloudwatch.MetricAlarm)
    assert {tuple(told(graph, each)[1]) for each in alarms} == {(old.alarm_topic_arn,)}
    assert (
        "Runbook: docs/operations.md#" in graph.one(aws.cloudwatch.MetricAlarm, "cart-at-maximum")["alarmDescription"]
    )


def test_requests_that_wait_on_purpose_are_not_slow():
    names = {each.name for each in graph_with(route=Route(latency_p95_s=None)).of(aws.cloudwatch.MetricAlarm)}
    assert "cart-target-group-slow" not in names


def test_roles_have_the_boundary_and_logs_the_key_of_the_platform():
    boundary, key = f"arn:aws:iam::{ACCOUNT}:policy/bound", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
    graph = graph_with(platform=a_platform(permissions_boundary_arn=boundary, key_arn=key))
    assert {role["permissionsBoundary"] for role in graph.of(aws.iam.Role)} == {boundary}
    assert graph.one(aws.cloudwatch.LogGroup)["kmsKeyId"] == key


@pytest.mark.parametrize("preview", [True, False])
def test_what_the_platform_cannot_run_stops_the_program(preview):
    with pytest.raises(pulumi.RunError) as error:
        graph_with(preview=preview, cpu_units=4096, memory_mib=99999)
    first, *lines = str(error.value).splitlines()
    assert first == "the platform cannot run cart:"
    assert len(lines) == 2


def test_two_services_of_a_program_cannot_want_the_same_requests():
    def program():
        platform = a_platform()
        for name in ("cart", "catalog"):
            Service(name, a_service(platform=platform, route=Route(path="/*")))

    with pytest.raises(pulumi.RunError, match="catalog and cart both want"):
        graph_from(program)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"image": "nginx:1.27"}, "image: must have a digest, .*, got 'nginx:1.27'"),
        ({"port": None, "discoverable": True}, "port: a service that is called listens on a port"),
        ({"port": 0}, "port: must be 1 to 65535, got 0"),
        ({"cpu_units": 127}, "cpu_units: must be 128 to 196608, got 127"),
        ({"memory_mib": 5}, "memory_mib: must be 6 or more, got 5"),
        ({"scaling": TaskScaling(requests_per_minute=5)}, "requests_per_minute needs a route"),
        ({"deployment": Deployment(maximum_percent=100)}, "with 2 tasks, 100 to 100 % leave no room"),
        (
            {"deployment": Deployment(grace_s=300)},
            "grace_s belongs to a health check, and there is neither a route nor",
        ),
        (
            {"container": Container(pull_through_cache=True)},
            "pull_through_cache needs an image of a private ECR registry",
        ),
        (
            {
                "image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/cart@sha256:{'a' * 64}",
                "container": Container(registry_credentials=SECRET),
            },
            "registry_credentials are for other registries than ECR",
        ),
        ({"discoverable": True, "container": Container(stop_timeout_s=5)}, "must be 10 or more, got 5"),
    ],
)
def test_wrong_inputs_are_refused_before_anything_exists(changes, says):
    with pytest.raises(pulumi.RunError, match=says):
        a_service(**changes)


@pytest.mark.parametrize("name", ["Cart", "-cart", "c" * 41, "cart_1"])
def test_a_name_is_a_dns_name(name):
    with pytest.raises(pulumi.RunError, match="name: must be a DNS name: up to 40 of a-z"):
        graph_from(lambda: Service(name, a_service()))


def test_a_service_that_is_not_discoverable_has_no_private_name():
    with pytest.raises(pulumi.RunError, match="discoverable: cart has no private name"):
        graph_from(lambda: Service("cart", a_service()).private_url)


def test_a_caller_of_another_stack_comes_by_its_security_group():
    def program():
        cart = Service("cart", a_service())
        cart.allow_from(Caller("frontend", pulumi.Output.from_input("sg-frontend")))
        pulumi.export("callers", cart.callers)

    graph = graph_from(program)
    ingress = graph.one(aws.vpc.SecurityGroupIngressRule)
    egress = graph.one(aws.vpc.SecurityGroupEgressRule, "cart-security-group-from-frontend-8080")
    group = graph.one(aws.ec2.SecurityGroup)
    assert (ingress["referencedSecurityGroupId"], egress["securityGroupId"]) == ("sg-frontend", "sg-frontend")
    assert ingress.property_dependencies["securityGroupId"] == {group.urn}
    assert egress.property_dependencies["referencedSecurityGroupId"] == {group.urn}
    assert graph.outputs["callers"] == ["frontend"]


def test_nobody_can_be_allowed_to_call_a_worker():
    def program():
        Service("worker", a_service(port=None)).allow_from(Service("cart", a_service()))

    with pytest.raises(pulumi.RunError, match="port: worker listens on none"):
        graph_from(program)


@pytest.mark.parametrize(("percent", "least"), [(100, 5), (50, 3), (0, 1)])
def test_fewer_tasks_than_a_deployment_may_leave_raise_an_alarm_and_no_others(percent, least):
    scaling, deployment = TaskScaling(minimum=5), Deployment(minimum_healthy_percent=percent)
    alarm = graph_with(scaling=scaling, deployment=deployment).one(aws.cloudwatch.MetricAlarm, "cart-too-few-tasks")
    assert (alarm["comparisonOperator"], alarm["threshold"]) == ("LessThanThreshold", least)
    assert alarm["namespace"] == a_platform().metric_namespace
    assert alarm["dimensions"] == {"Cluster": "ecs-test", "Service": "cart-service-0a1b2c3"}
    # What is not short is not measured; a minute that the controller missed does not start the count again.
    assert (alarm["treatMissingData"], alarm["evaluationPeriods"], alarm["datapointsToAlarm"]) == ("notBreaching", 7, 5)


@pytest.mark.parametrize(("grace_s", "minutes"), [(0, 5), (60, 6), (61, 7), (600, 15), (200_000, 1440)])
def test_a_task_that_starts_slowly_is_no_alarm(grace_s, minutes):
    graph = graph_with(route=Route(), deployment=Deployment(grace_s=grace_s))
    alarm = graph.one(aws.cloudwatch.MetricAlarm, "cart-target-group-unhealthy")
    assert (alarm["evaluationPeriods"], alarm["datapointsToAlarm"], alarm["period"]) == (minutes, minutes, 60)
