"""The hooks and their controller through the real engine: a changed deadline, and a destroy with work on it."""

import json

import pytest

from tests.engine.what_stands import left_over
from tests.engine.workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("controller-engine")]

QUEUE = "witness"
WATCHED = {
    "source": ["aws.autoscaling", "aws.ecs"],
    "detail-type": [
        "EC2 Instance-terminate Lifecycle Action",
        "EC2 Instance Terminate Successful",
        "ECS Container Instance State Change",
    ],
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    space = Workspace.of(tmp_path_factory.mktemp("controller"))
    assert space.in_sandbox("start").code == 0
    space.succeeds("stack", "init", "dev")
    yield space
    space.in_sandbox("wipe")


@pytest.fixture
def deployed(workspace):
    """`dev` stands, and is what its stack file says; a test that changes the one changes the other."""
    workspace.deploy()
    return workspace


def groups(space) -> list[dict]:
    return space.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]


def hooks(space) -> dict[str, tuple[int, str]]:
    (group,) = groups(space)
    found = space.client("autoscaling").describe_lifecycle_hooks(AutoScalingGroupName=group["AutoScalingGroupName"])
    return {
        hook["LifecycleHookName"]: (hook["HeartbeatTimeout"], hook["DefaultResult"]) for hook in found["LifecycleHooks"]
    }


def test_a_changed_deadline_updates_the_hook_and_the_function_and_replaces_nothing(deployed):
    assert hooks(deployed) == {"ready": (720, "CONTINUE"), "drain": (1020, "CONTINUE")}
    before = groups(deployed)
    deployed.edit(
        "Pulumi.dev.yaml", "  ecs-platform:logs:", "  ecs-platform:draining:\n    deadlineS: 1200\n  ecs-platform:logs:"
    )
    plan = deployed.plan("--stack", "dev")
    assert set(plan) == {"same", "update"}
    assert plan["update"] == {
        "ecs-dev-instances-draining-hook",
        "ecs-dev-instance-controller-function",
        "ecs-dev-instance-controller-rollout-waits",  # a rollout may take as long as its drains
    }
    deployed.up()
    assert hooks(deployed) == {"ready": (720, "CONTINUE"), "drain": (1320, "CONTINUE")}
    variables = deployed.client("lambda").get_function_configuration(FunctionName="ecs-dev-instances")["Environment"]
    assert variables["Variables"]["DRAIN_DEADLINE_S"] == "1200"
    assert instance_ids(groups(deployed)) == instance_ids(before)
    deployed.succeeds("preview", "--stack", "dev", "--expect-no-changes")


def instance_ids(found: list[dict]) -> set[str]:
    return {instance["InstanceId"] for group in found for instance in group["Instances"]}


def test_what_an_operator_has_paused_stays_paused(deployed):
    ssm, name = deployed.client("ssm"), "/ecs-platform/dev/controllers"
    ssm.put_parameter(Name=name, Value="paused", Overwrite=True)
    deployed.succeeds("refresh", "--stack", "dev", "--yes", "--skip-preview")
    deployed.up()
    assert ssm.get_parameter(Name=name)["Parameter"]["Value"] == "paused"
    ssm.put_parameter(Name=name, Value="running", Overwrite=True)


@pytest.mark.takes_down
def test_a_destroy_drains_the_instances_first_and_leaves_nothing(deployed):
    (group,), instances = groups(deployed), instance_ids(groups(deployed))
    assert len(instances) == 2
    url = a_witness(deployed)
    deployed.destroy()
    told = letters(deployed, url)
    for instance in instances:
        story = [told_of for letter in told if (told_of := about(letter, instance))]
        assert "waits in drain" in story, "the hook outlives its own resource"
        assert "is DRAINING" in story, "nobody but the controller drains"
        assert story.index("waits in drain") < story.index("is DRAINING") < story.index("is gone")
    assert groups(deployed) == []
    assert left_over(deployed) == {}
    assert group["AutoScalingGroupName"].startswith("ecs-dev-instances-")


def a_witness(space) -> str:
    """A queue that hears what AWS says about instances, and that outlives the stack."""
    sqs, events = space.client("sqs"), space.client("events")
    url = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=QUEUE, EventPattern=json.dumps(WATCHED))
    events.put_targets(Rule=QUEUE, Targets=[{"Id": QUEUE, "Arn": arn}])
    return url


def letters(space, url: str) -> list[dict]:
    """All events that the witness heard, in their order; then the witness goes."""
    sqs, events, found = space.client("sqs"), space.client("events"), []
    while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in batch:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    events.remove_targets(Rule=QUEUE, Ids=[QUEUE])
    events.delete_rule(Name=QUEUE)
    sqs.delete_queue(QueueUrl=url)
    return found


def about(letter: dict, instance: str) -> str | None:
    """What an event says about an instance."""
    detail = letter["detail"]
    if instance not in (detail.get("EC2InstanceId"), detail.get("ec2InstanceId")):
        return None
    if letter["detail-type"] == "EC2 Instance-terminate Lifecycle Action":
        return f"waits in {detail['LifecycleHookName']}"
    if letter["detail-type"] == "EC2 Instance Terminate Successful":
        return "is gone"
    return f"is {detail['status']}"
