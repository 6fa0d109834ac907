import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

from infra.common import iam
from infra.environment.controllers import function
from infra.environment.controllers.function import Function, FunctionArgs, archive
from tests.support.builders import a_dead_letter_queue, alarm_topics, some_conventions
from tests.support.graph import Graph, graph_of

BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"


def graph_with(*, preview: bool = False, conventions=None, **changes) -> Graph:
    def program() -> None:
        inputs = {
            "conventions": some_conventions(**(conventions or {})),
            "alarm_topics": alarm_topics(),
            "dead_letters": a_dead_letter_queue(),
            "function_name": "ecs-test-instances",
            "description": "Says what it does",
            "package": "instances",
            "environment": {"A": "1"},
            "statements": [iam.allow(["ecs:ListTasks"], ["*"])],
            "timeout_s": 90,
            "memory_mib": 256,
        }
        Function("fn", FunctionArgs(**(inputs | changes)))

    return graph_of(program, preview=preview)


def unpacked(code: pulumi.AssetArchive, folder: Path) -> Path:
    """The archive as Lambda finds it."""
    packed = folder / "function.zip"
    with zipfile.ZipFile(packed, "w") as file:
        for name, asset in code.assets.items():
            assert isinstance(asset, pulumi.FileAsset)
            file.write(asset.path, name)
    target = folder / "task"
    with zipfile.ZipFile(packed) as file:
        file.extractall(target)
    return target


def names_in(code: pulumi.AssetArchive) -> set[str]:
    return set(code.assets)


def test_the_archive_holds_python_files_of_the_package_and_the_shared_one_and_no_others():
    names = names_in(graph_with().one(aws.lambda_.Function)["code"])
    assert {name for name in names if not name.endswith(".py")} == set()
    assert {name.rpartition("/")[0] for name in names} == {"lambdas", "lambdas/cluster", "lambdas/instances"}
    assert {"lambdas/__init__.py", "lambdas/instances/handler.py", "lambdas/cluster/journal.py"} <= names


def test_its_handler_is_found_in_the_archive_without_this_repository(tmp_path):
    node = graph_with().one(aws.lambda_.Function)
    folder = unpacked(node["code"], tmp_path)
    module, _, name = node["handler"].rpartition(".")
    program = f"import sys; sys.path.insert(0, {str(folder)!r}); from {module} import {name}; print({name}.__module__)"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout.strip()) == ("", module)


def test_caches_beside_the_code_do_not_change_the_archive(tmp_path, monkeypatch):
    for package in ("cluster", "instances"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "handler.py").write_text("x = 1\n")
    (tmp_path / "__init__.py").write_text("")
    monkeypatch.setattr(function, "SOURCES", tmp_path)
    before = names_in(archive("instances", "cluster"))
    for name in ("__pycache__/handler.cpython-311.pyc", "handler.py~", "notes.txt"):
        file = tmp_path / "instances" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("noise")
    assert names_in(archive("instances", "cluster")) == before


def test_it_runs_on_arm_with_json_logs_in_a_log_group_that_ends():
    graph = graph_with(conventions={"log_retention_days": 14, "key_arn": KEY})
    node, logs = graph.one(aws.lambda_.Function), graph.one(aws.cloudwatch.LogGroup, "fn-logs")
    assert (node["runtime"], node["architectures"], node["timeout"]) == ("python3.13", ["arm64"], 90)
    assert (node["loggingConfig"]["logFormat"], node["loggingConfig"]["logGroup"]) == ("JSON", logs["name"])
    assert logs["name"] == f"/aws/lambda/{node['name']}"
    assert (logs["retentionInDays"], logs["kmsKeyId"]) == (14, KEY)
    assert "layers" not in node.inputs


def test_its_role_and_its_log_group_are_there_before_its_first_run():
    graph = graph_with()
    before = graph.before(graph.one(aws.lambda_.Function))
    assert {graph.one(aws.iam.RolePolicy).urn, graph.one(aws.cloudwatch.LogGroup, "fn-logs").urn} <= before


@pytest.mark.parametrize("preview", [True, False])
def test_its_role_may_do_what_it_is_given_and_write_its_logs_traces_and_dead_letter_messages(preview):
    graph = graph_with(preview=preview, conventions={"permissions_boundary_arn": BOUNDARY})
    statements = json.loads(graph.one(aws.iam.RolePolicy)["policy"])["Statement"]
    location = some_conventions().location
    queue = graph.one(aws.sqs.Queue).name + "-0a1b2c3"
    assert {
        (action, resource) for each in statements for action in each["Action"] for resource in each["Resource"]
    } == {
        ("ecs:ListTasks", "*"),
        ("logs:CreateLogStream", location.log_group_arn("/aws/lambda/ecs-test-instances") + ":*"),
        ("logs:PutLogEvents", location.log_group_arn("/aws/lambda/ecs-test-instances") + ":*"),
        ("xray:PutTraceSegments", "*"),
        ("xray:PutTelemetryRecords", "*"),
        ("sqs:SendMessage", location.arn("sqs", queue)),
    }
    assert graph.one(aws.iam.Role)["permissionsBoundary"] == BOUNDARY


def test_a_failed_call_is_not_repeated_and_goes_to_the_dead_letter_queue():
    graph = graph_with()
    failures, queue = graph.one(aws.lambda_.FunctionEventInvokeConfig), graph.one(aws.sqs.Queue)
    assert (failures["maximumRetryAttempts"], failures["maximumEventAgeInSeconds"]) == (0, 60)
    assert failures.property_dependencies["destinationConfig"] == {queue.urn}
    # Lambda refuses a destination that the role may not send to.
    assert graph.one(aws.iam.RolePolicy).urn in graph.before(failures)


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_repeated_mishaps_raise_an_alarm_and_a_single_one_does_not(metric):
    alarm = graph_with().one(aws.cloudwatch.MetricAlarm, f"fn-{metric.lower()}")
    assert (alarm["namespace"], alarm["metricName"], alarm["dimensions"]) == (
        "AWS/Lambda", metric, {"FunctionName": "ecs-test-instances"},
    )  # fmt: skip
    assert (alarm["datapointsToAlarm"], alarm["evaluationPeriods"], alarm["threshold"]) == (3, 5, 1)
    assert alarm["treatMissingData"] == "notBreaching"


def test_all_that_it_needs_is_among_its_resources():
    made = []

    def program() -> None:
        args = FunctionArgs(
            conventions=some_conventions(), alarm_topics=alarm_topics(), dead_letters=a_dead_letter_queue(),
            function_name="f", description="d",
            package="instances", environment={}, statements=[], timeout_s=3, memory_mib=128,
        )  # fmt: skip
        made.extend(type(each).__name__ for each in Function("fn", args).resources)

    graph_of(program)
    assert sorted(made) == ["Function", "FunctionEventInvokeConfig", "LogGroup", "Role", "RolePolicy"]
