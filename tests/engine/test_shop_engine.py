"""An application on a platform through the real engine: a stack reference, a deployment, a change, the way back."""

import json
import re
import shutil

import pytest

from tests.engine.workspace import ROOT, Workspace
from tools import demo_shop

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("shop-engine")]

SERVICES = ("cart", "catalog", "frontend", "worker")
PRIVATE = "    return ServiceArgs(platform=platform, image=image"
PACK = ("--policy-pack", str(ROOT / "policies"), "--policy-pack-config",
        str(ROOT / "policies" / "config" / "development.json"))  # fmt: skip


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A platform, and an application repository beside it with the library installed."""
    folder = tmp_path_factory.mktemp("stage")
    platform = Workspace.of(folder)
    assert platform.in_sandbox("start").code == 0
    platform.succeeds("stack", "init", "dev")
    shop = Workspace(demo_shop.prepare(folder), platform.sandbox)
    shop.succeeds("stack", "init", "dev")
    yield platform, shop
    platform.in_sandbox("wipe")


@pytest.fixture
def platform(stage) -> Workspace:
    """`dev` of the platform stands."""
    stage[0].deploy()
    return stage[0]


@pytest.fixture
def shop(stage, platform) -> Workspace:
    """`dev` of the application stands on the platform, and is what its program and its stack file say."""
    stage[1].deploy(*PACK)
    return stage[1]


def outputs_of(space) -> dict:
    return json.loads(space.succeeds("stack", "output", "--stack", "dev", "--json"))


def test_a_preview_of_a_new_stack_keeps_every_rule_that_it_can_judge(stage, platform):
    _, application = stage
    if application.stands("dev"):
        application.destroy()  # the names of its services would be taken
    shutil.copy(application.folder / "Pulumi.dev.yaml", application.folder / "Pulumi.new.yaml")
    application.succeeds("stack", "init", "--no-select", "new")
    text = application.succeeds("preview", "--stack", "new", *PACK)
    assert "[mandatory]" not in text
    unjudged = re.findall(r"pack-not-judged \((\S+): (\S+)\)", text)
    assert unjudged == [("aws:ecs/service:Service", f"{name}-service") for name in SERVICES]
    assert text.count("so 1 rule did not judge it: service-subnets-multi-az") == len(
        SERVICES
    )  # the platform has the subnets


def test_another_stack_cannot_have_the_names_of_services_that_stand(shop):
    shutil.copy(shop.folder / "Pulumi.dev.yaml", shop.folder / "Pulumi.twin.yaml")
    shop.succeeds("stack", "init", "--no-select", "twin")
    done = shop.pulumi("preview", "--stack", "twin")
    assert done.code != 0
    # The services are looked up side by side, and the first one that is refused ends the preview.
    refused = (
        r"name: (cart|catalog|frontend|report|worker) is taken, the log group /ecs-platform/dev/services/\1 stands"
    )
    assert re.search(refused, done.text)


def test_a_refresh_of_platform_and_shop_shows_no_change(platform, shop):
    for space in (platform, shop):
        space.succeeds("refresh", "--stack", "dev", "--yes", "--skip-preview")
        space.succeeds("preview", "--stack", "dev", "--expect-no-changes")


def test_up_runs_the_tasks_and_the_next_preview_is_empty(platform, shop):
    ecs, cluster = platform.client("ecs"), outputs_of(platform)["clusterName"]
    arns = ecs.list_services(cluster=cluster)["serviceArns"]
    services = ecs.describe_services(cluster=cluster, services=arns)["services"]
    assert {service["serviceName"].split("-")[0]: service["runningCount"] for service in services} == {
        "frontend": 2,
        "catalog": 2,
        "cart": 2,
        "worker": 0,  # no order waits
    }
    assert outputs_of(shop)["callers"] == {"frontend": ["load-balancer"], "catalog": ["frontend"], "cart": ["frontend"]}
    shop.succeeds("preview", "--stack", "dev", "--expect-no-changes")


def test_another_image_changes_task_definitions_and_services_and_nothing_else(shop):
    shop.edit("Pulumi.dev.yaml", "sha256:b", "sha256:c")
    plan = shop.plan("--stack", "dev")
    assert plan["replace"] == {f"{name}-task-definition" for name in (*SERVICES, "report")}
    assert plan["update"] >= {f"{name}-service" for name in SERVICES}
    assert {name for name in plan["update"] if not name.endswith("-service")} == {"report-schedule"}
    assert "delete" not in plan
    shop.up()


def balancer_ports(platform) -> list[set[int]]:
    """Ports at which the load balancer may call the frontend, as the two ends say; last, those of its targets."""
    ec2, elbv2 = platform.client("ec2"), platform.client("elbv2")
    named = [{"Name": "tag:Name", "Values": ["frontend"]}]
    (group,) = [one["GroupId"] for one in ec2.describe_security_groups(Filters=named)["SecurityGroups"]]
    ends: dict[bool, set[int]] = {True: set(), False: set()}
    for rule in ec2.describe_security_group_rules()["SecurityGroupRules"]:
        tasks = rule.get("ReferencedGroupInfo", {}).get("GroupId") if rule["IsEgress"] else rule["GroupId"]
        if tasks == group and rule["FromPort"] != 443:
            ends[rule["IsEgress"]].add(rule["FromPort"])
    (target_group,) = [one["TargetGroupArn"] for one in elbv2.describe_target_groups()["TargetGroups"]]
    health = elbv2.describe_target_health(TargetGroupArn=target_group)["TargetHealthDescriptions"]
    targets = {one["Target"]["Port"] for one in health if one["TargetHealth"]["State"] == "healthy"}
    return [ends[True], ends[False], targets]


def test_another_port_keeps_the_old_way_open_until_the_deployment_has_succeeded(platform, shop):
    port, other = (
        "        port=8080,\n        container=Container(\n",
        "        port=9090,\n        container=Container(\n",
    )
    nowhere = """        placement=Placement(constraints=["attribute:ecs.instance-type == none"]),
        deployment=Deployment(timeout_s=60),
"""
    with (
        shop.edited("__main__.py", port, nowhere + other),
        shop.edited("__main__.py", "    Container,\n", "    Container,\n    Deployment,\n    Placement,\n"),
    ):
        failed = shop.pulumi("up", "--stack", "dev", "--yes", "--skip-preview")
    after_failure = balancer_ports(platform)
    with shop.edited("__main__.py", port, other):
        shop.up()
    after_success = balancer_ports(platform)
    shop.up()
    assert failed.code != 0
    assert after_failure == [{8080, 9090}, {8080, 9090}, {8080}]
    assert after_success == [{9090}, {9090}, {9090}]
    assert balancer_ports(platform) == [{8080}, {8080}, {8080}]


def test_a_change_that_callers_cannot_follow_is_refused_before_anything_changes(shop):
    with shop.edited("__main__.py", f"{PRIVATE}, port=8080", f"{PRIVATE}, port=9090"):
        done = shop.pulumi("preview", "--stack", "dev")
    assert done.code != 0
    assert "catalog: port: callers know the private name with port 8080" in done.text
    assert "Traceback" not in done.text


def test_a_protected_service_is_deployed_and_not_deleted(shop):
    last = "        scaling=TaskScaling(minimum=2, maximum=6, requests_per_minute=600),\n    ),\n"
    with shop.edited("__main__.py", last, f"{last}    pulumi.ResourceOptions(protect=True),\n"):
        shop.up()
        plan = shop.plan("--stack", "dev", "--config", f"shop:image=registry.example.com/shop@sha256:{'d' * 64}")
        refused = shop.pulumi("destroy", "--stack", "dev", "--yes", "--skip-preview")
    shop.up()
    assert "frontend-task-definition" in plan["replace"]
    assert refused.code != 0
    assert "frontend-service" in refused.text
    assert "protect" in refused.text
    shop.succeeds("preview", "--stack", "dev", "--expect-no-changes")


def test_what_the_platform_cannot_run_is_said_before_anything_changes(shop):
    with shop.edited("__main__.py", f"{PRIVATE}, port=8080", f"{PRIVATE}, cpu_units=4096, port=8080"):
        done = shop.pulumi("preview", "--stack", "dev")
    assert done.code != 0
    assert "cpu_units: a task of 4096 fits no instance, they have 1024 for tasks" in done.text


def test_a_deployment_that_ecs_rolled_back_fails_the_update(platform, shop):
    ecs, cluster = platform.client("ecs"), outputs_of(platform)["clusterName"]
    (arn,) = [arn for arn in ecs.list_services(cluster=cluster)["serviceArns"] if "/cart-" in arn]
    (service,) = ecs.describe_services(cluster=cluster, services=[arn])["services"]
    wanted = service["taskDefinition"]
    ecs.update_service(cluster=cluster, service=arn, taskDefinition=another_revision(ecs, wanted))
    shop.succeeds("preview", "--stack", "dev")
    done = shop.pulumi("up", "--stack", "dev", "--yes", "--skip-preview")
    ecs.update_service(cluster=cluster, service=arn, taskDefinition=wanted)
    assert done.code != 0
    assert f"cart: the deployment of {wanted.rpartition('/')[2]} failed, and ECS rolled back to" in done.text


def another_revision(ecs, arn: str) -> str:
    """The ARN of a task definition that says the same, in the same family."""
    known = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    taken = ecs.meta.service_model.operation_model("RegisterTaskDefinition").input_shape.members
    copied = ecs.register_task_definition(**{key: value for key, value in known.items() if key in taken})
    return copied["taskDefinition"]["taskDefinitionArn"]


def test_a_platform_of_another_contract_stops_the_application(platform, shop):
    file = platform.folder / "state.json"
    platform.succeeds("stack", "export", "--stack", "dev", "--file", str(file))
    state = file.read_text()
    assert '"contractVersion": 1' in state
    file.write_text(state.replace('"contractVersion": 1', '"contractVersion": 2'))
    platform.succeeds("stack", "import", "--stack", "dev", "--file", str(file))
    done = shop.pulumi("preview", "--stack", "dev")
    file.write_text(state)
    platform.succeeds("stack", "import", "--stack", "dev", "--file", str(file))
    assert done.code != 0
    assert (
        "the platform organization/ecs-platform/dev has contract version 2, this project reads 1; upgrade the "
        "ecs-platform package of this project" in done.text
    )
    assert "Traceback" not in done.text


@pytest.mark.takes_down
def test_the_shop_goes_before_the_platform_and_both_go(platform, shop):
    shop.destroy()
    platform.destroy()
    assert platform.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert platform.client("servicediscovery").list_namespaces()["Namespaces"] == []
    assert platform.client("s3").list_buckets()["Buckets"] == []
