"""The example as it stands, on a platform as it is exported."""

import json

import pulumi
import pulumi_aws as aws
import pytest

from tests.program.pack_on_graph import broken, shop_report
from tests.support.graph import Graph
from tests.support.shop import CONFIG, SHOP, running_what_was_deployed, shop

SERVICES = ("cart", "catalog", "frontend", "worker")
BALANCER = "sg-balancer"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/0123"


def rules(graph: Graph, direction: type, here: str, there: str) -> set[tuple[str, str, int]]:
    """(from, to, port) of every rule of a direction, by names of security groups."""
    names = {node.urn: node.name.removesuffix("-security-group") for node in graph.of(aws.ec2.SecurityGroup)}

    def group(rule, key: str) -> str:
        found = [names[urn] for urn in rule.property_dependencies.get(key, ()) if urn in names]
        return found[0] if found else rule.inputs.get(key) or rule.inputs.get("cidrIpv4")

    return {(group(rule, here), group(rule, there), rule["toPort"]) for rule in graph.of(direction)}


CALLS = {("frontend", "catalog", 8080), ("frontend", "cart", 8080), (BALANCER, "frontend", 8080)}


def test_who_may_call_whom():
    graph = shop()
    ingress = rules(graph, aws.vpc.SecurityGroupIngressRule, here="referencedSecurityGroupId", there="securityGroupId")
    egress = rules(graph, aws.vpc.SecurityGroupEgressRule, here="securityGroupId", there="referencedSecurityGroupId")
    assert ingress == CALLS
    every = {*SERVICES, "report"}
    assert egress == CALLS | {(name, "0.0.0.0/0", 443) for name in every}


def test_the_world_reaches_no_task():
    rules = shop().of(aws.vpc.SecurityGroupIngressRule)
    assert [rule.name for rule in rules if "cidrIpv4" in rule.inputs] == []


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("profile", ["development", "production"])
def test_the_shop_keeps_every_rule_in_both_profiles(preview, profile):
    report = shop_report(shop(preview=preview, keyArn=KEY), profile)
    assert [f"{finding.rule}: {finding.message}" for finding in report.findings] == []


def test_without_a_key_of_the_platform_only_its_encryption_is_advised():
    assert broken(shop_report(shop(), "development")) == set()
    assert broken(shop_report(shop(), "production")) == {"logs-kms"}


ZONES = "networkConfiguration (the zones of subnets that are not in this stack)"


def test_what_a_preview_cannot_judge_is_where_the_subnets_of_the_platform_lie():
    report = shop_report(shop(preview=True, keyArn=KEY))
    assert [(one.rule, one.urn.rpartition("::")[2], one.path) for one in report.not_evaluated] == [
        ("service-subnets-multi-az", f"{name}-service", ZONES) for name in SERVICES
    ]


def test_a_preview_knows_what_runs():
    for task in shop(preview=True).of(aws.ecs.TaskDefinition):
        images = [one["image"] for one in json.loads(task["containerDefinitions"])]
        collector = [CONFIG["shop:collector"]] if task.name == "catalog-task-definition" else []
        assert images == [CONFIG["shop:image"], *collector]


def test_the_frontend_knows_the_private_names():
    graph = shop()
    (container,) = json.loads(graph.one(aws.ecs.TaskDefinition, "frontend-task-definition")["containerDefinitions"])
    assert container["environment"] == [
        {"name": "CART_URL", "value": "http://cart.test.internal:8080"},
        {"name": "CATALOG_URL", "value": "http://catalog.test.internal:8080"},
    ]
    assert graph.outputs["url"] == "http://shop.example.com/"


def test_the_cart_may_send_orders_and_only_the_worker_gets_them():
    graph = shop()
    may: dict[str, set[str]] = {}
    for policy in graph.of(aws.iam.RolePolicy):
        for statement in json.loads(policy["policy"])["Statement"]:
            if any(one.endswith(":orders-0a1b2c3") for one in statement["Resource"]):
                may.setdefault(policy.name, set()).update(statement["Action"])
    sent = {name for name, actions in may.items() if "sqs:SendMessage" in actions}
    assert (sent, {name for name, actions in may.items() if "sqs:ReceiveMessage" in actions}) == (
        {"cart-task-role"},
        {"worker-task-role"},
    )


def test_no_task_works_where_no_order_waits():
    target = shop().one(aws.appautoscaling.Target, "worker-auto-scaling-target")
    assert (target["minCapacity"], target["maxCapacity"]) == (0, 10)


def test_the_report_runs_each_night():
    schedule = shop().one(aws.scheduler.Schedule)
    assert (schedule["scheduleExpression"], schedule["state"]) == ("cron(0 3 * * ? *)", "ENABLED")


def test_everything_belongs_to_a_component_of_the_library():
    graph = shop()
    tops = {next(reversed([node, *graph.ancestors(node)])).type for node in graph.nodes if node.custom}
    made = {f"ecs-platform:index:{name}" for name in ("Service", "ScheduledTask", "WorkQueue")}
    assert tops == made | {"pulumi:pulumi:StackReference"} & tops


def test_a_deployment_that_ecs_rolled_back_fails():
    def rolled_back(args):
        return {"taskDefinition": running_what_was_deployed(args)["taskDefinition"].replace("0a1b2c3", "old")}

    with pytest.raises(pulumi.RunError, match=r"the deployment of .* failed, and ECS rolled back to .*-old"):
        shop(running=rolled_back)


def test_a_platform_of_another_contract_is_said_in_one_sentence():
    with pytest.raises(pulumi.RunError, match="has contract version 2, this project reads 1; upgrade the ecs-platform"):
        shop(contractVersion=2)


def test_a_platform_that_lacks_an_output_is_said_in_one_sentence():
    with pytest.raises(pulumi.RunError, match=r"exports no namespaceId, .*deploy the platform stack first"):
        shop(namespaceId=None)


def test_the_program_is_short():
    assert len((SHOP / "__main__.py").read_text().splitlines()) < 90
