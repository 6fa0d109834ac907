"""The rebalancing controller's tag of a service through the real engine: no deployment takes it away."""

import pytest

from tests.engine.workspace import Workspace

pytestmark = pytest.mark.engine

PROGRAM = """\
import json

import pulumi
import pulumi_aws as aws

from infra.services.placement import MARK, MOVE, Placement

provider = aws.Provider(
    "aws", region="eu-central-1", default_tags={"tags": {"owner": "tests"}}, ignore_tags={"keys": [MOVE]}
)
opts = pulumi.ResourceOptions(provider=provider)
cluster = aws.ecs.Cluster("main", opts=opts)
definition = aws.ecs.TaskDefinition(
    "web",
    family="web",
    container_definitions=json.dumps([{"name": "app", "image": "a:1", "memory": 64, "essential": True}]),
    opts=opts,
)
service = aws.ecs.Service(
    "web",
    name="web",
    cluster=cluster.arn,
    task_definition=definition.arn,
    launch_type="EC2",
    desired_count=0,
    tags=Placement(rebalance=True).tags,
    opts=pulumi.ResourceOptions(provider=provider, ignore_changes=[MARK]),
)
pulumi.export("cluster", cluster.arn)
pulumi.export("service", service.arn)
"""
MOVE = "ecs-platform:move"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    space = Workspace.of(tmp_path_factory.mktemp("marked"))
    (space.folder / "__main__.py").write_text(PROGRAM)
    assert space.in_sandbox("start").code == 0
    space.succeeds("stack", "init", "dev")
    space.up()
    yield space
    space.in_sandbox("wipe")


def output(space: Workspace, name: str) -> str:
    return space.succeeds("stack", "output", name, "--stack", "dev").split()[-1]


def tags(space: Workspace) -> dict[str, str]:
    answer = space.client("ecs").list_tags_for_resource(resourceArn=output(space, "service"))
    return {each["key"]: each["value"] for each in answer["tags"]}


def mark(space: Workspace, value: str) -> None:
    space.client("ecs").tag_resource(resourceArn=output(space, "service"), tags=[{"key": MOVE, "value": value}])


def test_a_mark_that_comes_changes_and_goes_outlives_deployments_with_and_without_a_refresh(workspace):
    own = tags(workspace)
    assert own["ecs-platform:rebalancing"] == "on"
    mark(workspace, "raised before:2")
    workspace.up("--refresh")
    assert tags(workspace) == own | {MOVE: "raised before:2"}
    assert set(workspace.plan("--stack", "dev")) == {"same"}
    mark(workspace, "ended")
    with workspace.edited("__main__.py", "rebalance=True", "rebalance=False"):
        workspace.up()
        assert tags(workspace) == own | {"ecs-platform:rebalancing": "off", MOVE: "ended"}
        workspace.up("--refresh")
    assert tags(workspace)[MOVE] == "ended"
    workspace.client("ecs").untag_resource(resourceArn=output(workspace, "service"), tagKeys=[MOVE])
    workspace.up("--refresh")
    assert tags(workspace) == own
