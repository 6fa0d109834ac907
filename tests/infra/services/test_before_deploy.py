"""A job before a deployment: what waits for it, what its function may do, and what is refused."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

from infra.services import run_job
from infra.services.container import Container
from infra.services.placement import DENSE, Placement
from infra.services.service import Service
from infra.services.sidecar import Sidecar
from tests.program.pack_on_graph import shop_report
from tests.support.application import IMAGE, a_job, a_platform, a_service
from tests.support.graph import ACCOUNT, REGION, Graph
from tests.support.service import graph_from

ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}"


def graph_with(*, preview: bool = False, name: str = "cart", job=None, **changes) -> Graph:
    args = a_service(before_deploy=job or a_job(), **changes)
    return graph_from(lambda: Service(name, args), preview=preview)


def request_of(graph: Graph) -> dict:
    return json.loads(graph.one(aws.lambda_.Invocation)["input"])["run"]


def test_tasks_of_the_service_change_when_the_job_has_ended_and_the_job_runs_when_it_can():
    graph = graph_with()
    done = graph.one(aws.lambda_.Invocation)
    assert done.urn in graph.before(graph.one(aws.ecs.Service))
    before = graph.before(done)
    needed = [
        graph.one(aws.iam.RolePolicy, "cart-before-function"),
        graph.one(aws.iam.RolePolicy, "cart-before-task-execution"),
        graph.one(aws.cloudwatch.LogGroup, "cart-before-task-logs"),
        *graph.of(aws.vpc.SecurityGroupEgressRule),
    ]
    assert [one.name for one in needed if one.urn not in before] == []
    assert len(graph.of(aws.vpc.SecurityGroupEgressRule)) == 2


def test_a_service_without_such_a_job_has_no_function():
    graph = graph_from(lambda: Service("cart", a_service()))
    assert not graph.of(aws.lambda_.Function)
    assert not graph.of(aws.lambda_.Invocation)


def test_it_runs_again_for_another_definition_and_only_what_runs_it_is_in_the_request():
    graph = graph_with()
    definition = graph.one(aws.ecs.TaskDefinition, "cart-before-task-definition")
    invocation = graph.one(aws.lambda_.Invocation)
    assert definition.urn in invocation.property_dependencies["input"]
    assert invocation["triggers"] == {"request": invocation["input"]}
    assert "lifecycleScope" not in invocation.inputs  # by default a destroy invokes nothing
    assert request_of(graph) == {
        "cluster": "ecs-test",
        "taskDefinition": f"{ARN}:taskDefinition/cart-before-task-definition-0a1b2c3",
        "launchType": "EC2",
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": a_platform().private_subnet_ids,
                "securityGroups": ["cart-before-security-group-id", "cart-security-group-id"],
            }
        },
        "placementStrategy": [
            {"type": "spread", "field": "attribute:ecs.availability-zone"},
            {"type": "spread", "field": "instanceId"},
        ],
        "placementConstraints": [],
        "enableExecuteCommand": False,
        "enableECSManagedTags": True,
        "propagateTags": "TASK_DEFINITION",
    }


def test_inputs_of_the_job_that_no_definition_holds_are_in_the_request():
    job = a_job(placement=Placement(strategies=[DENSE], constraints=["a == b"]), container=Container(exec=True))
    request = request_of(graph_with(job=job))
    assert request["placementStrategy"] == [{"type": "binpack", "field": "memory"}]
    assert request["placementConstraints"] == [{"type": "memberOf", "expression": "a == b"}]
    assert request["enableExecuteCommand"] is True
    egress = graph_with(job=a_job(egress_https=False)).of(aws.vpc.SecurityGroupEgressRule)
    assert [one.name for one in egress] == ["cart-security-group-https"]


@pytest.mark.parametrize("preview", [True, False])
def test_the_function_may_run_this_job_look_at_tasks_and_write_its_logs(preview):
    graph = graph_with(preview=preview)
    allowed = json.loads(graph.one(aws.iam.RolePolicy, "cart-before-function")["policy"])["Statement"]
    cluster = {"ArnEquals": {"ecs:cluster": f"{ARN}:cluster/ecs-test"}}
    assert {action: (one["Resource"], one.get("Condition")) for one in allowed for action in one["Action"]} == {
        "ecs:RunTask": ([f"{ARN}:task-definition/ecs-test-cart-before:*"], cluster),
        "ecs:TagResource": ([f"{ARN}:task/ecs-test/*"], {"StringEquals": {"ecs:CreateAction": "RunTask"}}),
        "iam:PassRole": (
            [f"arn:aws:iam::{ACCOUNT}:role/cart-before-task-{role}-0a1b2c3" for role in ("execution", "role")],
            {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        ),
        "ecs:ListTasks": (["*"], cluster),
        "ecs:DescribeTasks": ([f"{ARN}:task/ecs-test/*"], None),
        "xray:PutTraceSegments": (["*"], None),
        "xray:PutTelemetryRecords": (["*"], None),
        **{
            f"logs:{action}": ([f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:cart-before-function-0a1b2c3:*"], None)
            for action in ("CreateLogStream", "PutLogEvents")
        },
    }


def test_the_archive_is_one_file_that_needs_nothing_of_the_library(tmp_path):
    function = graph_with().one(aws.lambda_.Function)
    (name,) = function["code"].assets
    (tmp_path / name).write_text(Path(function["code"].assets[name].path).read_text())
    module, _, handler = function["handler"].partition(".")
    code = f"import {module}; print(callable({module}.{handler}))"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
    read = set(re.findall(r'settings\["(\w+)"\]', Path(run_job.__file__).read_text()))
    assert read == set(function["environment"]["variables"])


def test_a_job_that_fails_raises_an_alarm():
    graph = graph_with()
    alarm = graph.one(aws.cloudwatch.MetricAlarm, "cart-before-failed")
    assert (alarm["metricName"], alarm["dimensions"]) == ("Errors", {"FunctionName": "cart-before-function-0a1b2c3"})
    assert alarm["alarmDescription"].startswith("The job cart-before failed, and nothing was deployed after it. ")


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("profile", ["development", "production"])
def test_the_policy_pack_finds_nothing(preview, profile):
    platform = a_platform(key_arn=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1")
    healthy = Container(health_command=["check"])
    report = shop_report(graph_with(preview=preview, platform=platform, container=healthy), profile)
    assert [f"{finding.rule}: {finding.message}" for finding in report.findings] == []


def test_a_name_that_leaves_no_room_for_the_jobs_is_refused():
    assert graph_with(name="c" * 33).of(aws.lambda_.Invocation)
    with pytest.raises(pulumi.RunError, match=r"the job is called c{34}-before, which is longer than 40"):
        graph_with(name="c" * 34)


def test_a_container_beside_the_job_cannot_have_its_name():
    with pytest.raises(pulumi.RunError, match="cart: before_deploy: containers: two are called cart-before"):
        graph_with(job=a_job(containers=[Sidecar(name="cart-before", image=IMAGE)]))


@pytest.mark.parametrize("preview", [True, False])
def test_a_job_that_the_platform_cannot_run_stops_the_program(preview):
    with pytest.raises(pulumi.RunError, match="the platform cannot run cart-before:\n  - cpu_units"):
        graph_with(preview=preview, job=a_job(cpu_units=4096))
