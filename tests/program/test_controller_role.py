"""The instance controller may do what it does, as recorded from its code, and nothing else."""

import json
from dataclasses import replace

import pulumi_aws as aws
import pytest

from lambdas.instances import observe
from lambdas.instances.act import act
from tests.lambdas.instances.action_examples import EVERY, answered, draining
from tests.lambdas.instances.stage import SETTINGS, Stage, at_deadline
from tests.lambdas.transport import all_of, fake_clients
from tests.program.function_calls import of_lambda
from tests.support.builders import LOCATION
from tests.support.graph import ACCOUNT, REGION
from tests.support.iam_actions import Scene, record
from tests.support.iam_evaluator import Call, refused, unused_grants
from tests.support.program import graph_for

GROUP = "ecs-prod-instances-1a2b3c"
RUNTIME = of_lambda("ecs-prod-instances", "ecs-prod-instance-controller-dead-letter-queue-0a1b2c3")

FROM_TEMPLATE = {"ec2:LaunchTemplate": LOCATION.arn("ec2", "launch-template/lt-1")}
OURS = {"aws:ResourceTag/environment": "prod", "aws:ResourceTag/managed-by": "ecs-platform"}
PROFILE = f"arn:aws:iam::{ACCOUNT}:instance-profile/ecs-prod-instances-profile-0a1b2c3"
CONTEXTS = {
    "volume": {},
    "network-interface": {},
    "spot-instances-request": {},
    "subnet": OURS,
    "security-group": OURS,
    "launch-template": OURS,
    "instance": {"ec2:InstanceType": "m7g.large", "ec2:InstanceProfile": PROFILE},
}
"""Type of resource that RunInstances is asked for → what EC2 knows of it besides the template."""


def launched(kind, **changes):
    """RunInstances, as EC2 asks IAM for one of its resources."""
    resource = f"arn:aws:ec2:{REGION}::image/ami-1" if kind == "image" else LOCATION.arn("ec2", f"{kind}/x")
    known = {"ec2:Owner": "amazon"} if kind == "image" else CONTEXTS[kind]
    return Call(action="ec2:RunInstances", resource=resource, context=FROM_TEMPLATE | known | changes)


LAUNCH = [
    *(launched(kind) for kind in (*CONTEXTS, "image")),
    *(
        Call(
            action="ec2:CreateTags",
            resource=LOCATION.arn("ec2", f"{kind}/x"),
            context={"ec2:CreateAction": "RunInstances"},
        )
        for kind in ("instance", "volume", "network-interface")
    ),
    Call(action="cloudwatch:DescribeAlarms", resource=LOCATION.arn("cloudwatch", "alarm:ecs-prod-drain-deadline")),
    Call(
        action="iam:PassRole",
        resource=f"arn:aws:iam::{ACCOUNT}:role/ecs-prod-instances-role-0a1b2c3",
        context={"iam:PassedToService": "ec2.amazonaws.com"},
    ),
]
"""What Auto Scaling asks of whoever starts a refresh to a launch template (its user guide, "Control Amazon EC2 launch
template usage"); botocore never sees these."""


def documents() -> list[str]:
    graph = graph_for("prod", preview=True)
    return [graph.one(aws.iam.RolePolicy, "ecs-prod-instance-controller-role")["policy"]]


def recorded() -> list[Call]:
    """All that the code asks for: passes over a cluster where everything happens, then every action."""
    stage = Stage()
    scene = Scene(location=LOCATION, group=GROUP)
    acting = fake_clients(lambda _service, operation, _params: answered(operation))
    calls = [record(client, scene) for client in (*all_of(stage.aws), *all_of(acting))]
    stage.world.launch()
    at_deadline(stage)
    act(acting, SETTINGS, [*EVERY, draining(1), draining(2, "ACTIVE")], stage.now())
    stage.run(scheduled=False)
    rolling(stage)
    stage.one()
    return [moved(call) for asked in calls for call in asked]


def rolling(stage: Stage) -> None:
    """A rollout whose new instance may take the tasks of an old one."""
    observe.KNOWN.clear()
    stage.world.serving("service:web")
    stage.world.wanted = stage.world.version = "2"
    stage.world.serving()
    desired = {"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "2"}}
    stage.world.refreshes = [
        {"InstanceRefreshId": "r-1", "Status": "InProgress", "StartTime": stage.now(), "DesiredConfiguration": desired}
    ]


def moved(call: Call) -> Call:
    """The world of the tests plays in another Region and cluster: the same call, where the program runs."""
    resource = call.resource.replace("eu-west-1", REGION).replace("/prod/", "/ecs-prod/")
    resource = resource.replace("cluster/prod", "cluster/ecs-prod").replace(
        "parameter/ecs-platform/ecs-prod", "parameter/ecs-platform/prod"
    )
    if "autoScalingGroupName/" in resource:
        resource = resource.rpartition("/")[0] + f"/{GROUP}"
    if resource == "t":
        resource = LOCATION.arn("ecs", "task/ecs-prod/t")
    context = {
        key: str(value).replace("cluster/prod", "cluster/ecs-prod").replace("EcsPlatform/prod", "EcsPlatform/ecs-prod")
        for key, value in call.context.items()
    }
    return replace(call, resource=resource.replace("task/prod", "task/ecs-prod"), context=context)


def test_every_recorded_call_is_allowed():
    assert refused(documents(), [*recorded(), *RUNTIME, *LAUNCH]) == []


def test_no_granted_action_is_unused():
    assert unused_grants(documents(), [*recorded(), *RUNTIME, *LAUNCH]) == []


@pytest.mark.parametrize("elsewhere", ["ecs-dev", "ecs-prod2"])
def test_nothing_is_allowed_in_another_cluster_or_group(elsewhere):
    calls = [call for call in recorded() if "ecs-prod" in call.resource]
    foreign = [
        replace(
            call,
            resource=call.resource.replace("ecs-prod", elsewhere),
            context={key: str(value).replace("ecs-prod", elsewhere) for key, value in call.context.items()},
        )
        for call in calls
    ]
    assert len(foreign) > 10
    assert len(refused(documents(), foreign)) == len(foreign)


def test_a_refresh_launches_from_templates_only():
    free = [replace(call, context={}) for call in LAUNCH if call.action == "ec2:RunInstances"]
    assert len(refused(documents(), free)) == len(free)


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("instance", "ec2:InstanceType", "p5.48xlarge"),
        ("instance", "ec2:InstanceProfile", f"arn:aws:iam::{ACCOUNT}:instance-profile/admin"),
        ("image", "ec2:Owner", "210987654321"),
        ("subnet", "aws:ResourceTag/environment", "dev"),
        ("security-group", "aws:ResourceTag/environment", "dev"),
        ("launch-template", "aws:ResourceTag/managed-by", "somebody"),
        ("volume", "ec2:LaunchTemplate", "none"),
    ],
)
def test_a_refresh_launches_nothing_of_others(kind, key, value):
    assert refused(documents(), [launched(kind)]) == []
    assert len(refused(documents(), [launched(kind, **{key: value})])) == 1


def test_what_a_launch_needs_has_the_tags_that_the_role_asks_for():
    (provider,) = graph_for("prod").of("pulumi:providers:aws")
    tags = json.loads(provider["defaultTags"])["tags"]
    assert {f"aws:ResourceTag/{key}": value for key, value in tags.items()}.items() >= OURS.items()
