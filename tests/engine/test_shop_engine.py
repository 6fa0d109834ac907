"""An application on a platform through the real engine: a stack reference, a deployment, a change, the way back."""

import json

import pytest

from tests.engine.workspace import ROOT, Workspace
from tools import demo_shop

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("shop-engine")]

PACK = ("--policy-pack", str(ROOT / "policies"), "--policy-pack-config",
        str(ROOT / "policies" / "config" / "development.json"))  # fmt: skip


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A platform that stands, and an application repository beside it with the library installed."""
    folder = tmp_path_factory.mktemp("stage")
    platform = Workspace.of(folder)
    assert platform.in_sandbox("start").code == 0
    platform.succeeds("stack", "init", "dev")
    platform.succeeds("up", "--stack", "dev", "--yes", "--skip-preview")
    shop = Workspace(demo_shop.prepare(folder), platform.sandbox)
    shop.succeeds("stack", "init", "dev")
    yield platform, shop
    platform.in_sandbox("wipe")


def outputs_of(space) -> dict:
    return json.loads(space.succeeds("stack", "output", "--stack", "dev", "--json"))


def test_1_a_preview_keeps_every_rule_that_it_can_judge(stage):
    _, shop = stage
    text = shop.succeeds("preview", "--stack", "dev", *PACK)
    assert "[mandatory]" not in text
    assert "can't run policy 'service-subnets-multi-az'" in text  # the subnets are in the platform's stack
    assert text.count("can't run policy") == 1


def test_2_up_runs_the_tasks_and_the_next_preview_is_empty(stage):
    platform, shop = stage
    shop.succeeds("up", "--stack", "dev", "--yes", "--skip-preview", *PACK)
    ecs, cluster = platform.client("ecs"), outputs_of(platform)["clusterName"]
    arns = ecs.list_services(cluster=cluster)["serviceArns"]
    services = ecs.describe_services(cluster=cluster, services=arns)["services"]
    assert {service["serviceName"].split("-")[0]: service["runningCount"] for service in services} == {
        "frontend": 2,
        "catalog": 2,
        "cart": 2,
    }
    assert outputs_of(shop)["callers"] == {"frontend": ["load-balancer"], "catalog": ["frontend"], "cart": ["frontend"]}
    shop.succeeds("preview", "--stack", "dev", "--expect-no-changes")


def test_3_another_image_changes_task_definitions_and_services_and_nothing_else(stage):
    _, shop = stage
    shop.edit("Pulumi.dev.yaml", "sha256:b", "sha256:c")
    plan = shop.plan("--stack", "dev")
    names = ("frontend", "catalog", "cart")
    assert plan["replace"] == {f"{name}-task-definition" for name in names}
    assert plan["update"] >= {f"{name}-service" for name in names}
    assert {name for name in plan["update"] if not name.endswith("-service")} == set()
    assert "delete" not in plan
    shop.succeeds("up", "--stack", "dev", "--yes", "--skip-preview")


def test_4_what_the_platform_cannot_run_is_said_before_anything_changes(stage):
    _, shop = stage
    shop.edit("__main__.py", "port=8080, container=as_nginx", "port=8080, cpu_units=4096, container=as_nginx")
    done = shop.pulumi("preview", "--stack", "dev")
    shop.edit("__main__.py", "port=8080, cpu_units=4096, container=as_nginx", "port=8080, container=as_nginx")
    assert done.code != 0
    assert "cpu_units: a task of 4096 fits no instance, they have 1024 for tasks" in done.text


def test_5_a_deployment_that_ecs_rolled_back_fails_the_update(stage):
    platform, shop = stage
    ecs, cluster = platform.client("ecs"), outputs_of(platform)["clusterName"]
    (arn,) = [arn for arn in ecs.list_services(cluster=cluster)["serviceArns"] if "/cart-" in arn]
    (service,) = ecs.describe_services(cluster=cluster, services=[arn])["services"]
    family, revision = service["taskDefinition"].rsplit(":", 1)
    before = f"{family}:{int(revision) - 1}"
    ecs.update_service(cluster=cluster, service=arn, taskDefinition=before)
    shop.succeeds("preview", "--stack", "dev")
    done = shop.pulumi("up", "--stack", "dev", "--yes", "--skip-preview")
    ecs.update_service(cluster=cluster, service=arn, taskDefinition=service["taskDefinition"])
    assert done.code != 0
    assert f"cart: the deployment of ecs-dev-cart:{revision} failed, and ECS rolled back to" in done.text


def test_6_a_platform_of_another_contract_stops_the_application(stage):
    platform, shop = stage
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


def test_7_the_shop_goes_before_the_platform_and_both_go(stage):
    platform, shop = stage
    shop.succeeds("destroy", "--stack", "dev", "--yes", "--skip-preview")
    platform.succeeds("destroy", "--stack", "dev", "--yes", "--skip-preview")
    assert platform.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert platform.client("servicediscovery").list_namespaces()["Namespaces"] == []
    assert platform.client("s3").list_buckets()["Buckets"] == []
