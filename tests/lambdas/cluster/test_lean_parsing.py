"""What botocore no longer takes apart: the readers read the same; its errors, retries and pages are as they were."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from botocore.utils import parse_timestamp
from hypothesis import given, settings
from hypothesis import strategies as st

import lambdas
from bench import wire
from lambdas.cluster.clients import create, lean_session
from lambdas.cluster.lean_parsing import AS_THEY_CAME, LEFT_OUT, moment, parse_leanly
from lambdas.cluster.read_cluster import read_container_instances, read_described_tasks
from lambdas.cluster.read_services import read_services

KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "eu-west-1"}
NOW = datetime(2026, 3, 1, 12, 0, 1, 250_000, tzinfo=UTC)
SERVICE = {
    "serviceName": "web",
    "desiredCount": 2,
    "createdAt": NOW,
    "deployments": [{"id": "1", "status": "PRIMARY", "taskDefinition": "td", "runningCount": 2, "updatedAt": NOW}],
    "events": [{"id": "1", "createdAt": NOW, "message": "(service web) has reached a steady state."}],
    "placementConstraints": [{"type": "distinctInstance"}],
}
INSTANCE = {
    "containerInstanceArn": "ci",
    "ec2InstanceId": "i-1",
    "status": "ACTIVE",
    "agentConnected": True,
    "registeredAt": NOW,
    "attributes": [{"name": "ecs.instance-type", "value": "m7g.large"}, {"name": "ecs.capability.task-eni"}],
    "registeredResources": [{"name": "CPU", "type": "INTEGER", "doubleValue": 0.0, "integerValue": 2048}],
    "remainingResources": [{"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", "80"]}],
    "versionInfo": {"agentVersion": "1.97.1"},
}
TASK = {"taskArn": "t", "group": "service:web", "createdAt": NOW, "containers": [{"name": "app"}]}
TEXTS = (
    "1767225600",
    "1767225600.5",
    "2026-03-01T12:00:00Z",
    "2026-03-01T12:00:00.123Z",
    "2026-03-01T12:00:00+02:00",
    "2026-03-01 12:00",
    "Sun, 01 Mar 2026 12:00:00 GMT",
)


def plain():
    return boto3.Session(**KEYS).client("ecs")


@pytest.fixture(scope="module")
def lean():
    return create(lean_session(**KEYS)).ecs


@pytest.fixture(scope="module")
def both(lean):
    return lean, plain()


def answering(ecs, **lists):
    """The client, whose lists have one name each and whose descriptions are these."""

    def respond(operation, params):
        if operation == "ListServices":
            return b'{"serviceArns":["web"]}'
        return b'{"containerInstanceArns":["ci"]}' if operation[0] == "L" else wire.as_json(lists)

    return with_responses(ecs, lambda request, operation: (200, respond(operation, request)))


def with_responses(ecs, respond):
    def send(request, event_name, **_):
        status, body = respond(request, event_name.rpartition(".")[2])
        return AWSResponse(request.url, status, {}, wire.Body(body))

    ecs.meta.events.unregister("before-send", unique_id="test")
    ecs.meta.events.register("before-send", send, unique_id="test")
    return ecs


def everything(ecs, **lists):
    answering(ecs, **lists)
    return (
        read_services(ecs, "prod"),
        read_container_instances(ecs, "prod"),
        read_described_tasks(ecs, "prod", ["t"]),
    )


def test_the_readers_read_the_same(both):
    lean, full = (everything(ecs, services=[SERVICE], containerInstances=[INSTANCE], tasks=[TASK]) for ecs in both)
    assert lean == full
    (service,), (instance,), (task,) = lean
    assert service.deployments[0].updated == instance.registered_at == task.created == NOW
    assert (instance.instance_type, instance.registered.cpu_units) == ("m7g.large", 2048)
    assert instance.remaining.tcp_ports == {22, 80}


def test_what_nobody_reads_is_not_parsed(lean):
    answering(lean, services=[SERVICE], containerInstances=[INSTANCE], tasks=[TASK])
    (service,) = lean.describe_services(services=["web"])["services"]
    (instance,) = lean.describe_container_instances(containerInstances=["ci"])["containerInstances"]
    (task,) = lean.describe_tasks(tasks=["t"])["tasks"]
    assert set(SERVICE) - set(service) == {"events"}
    assert set(INSTANCE) - set(instance) == {"versionInfo"}
    assert set(TASK) - set(task) == {"containers"}
    assert instance["attributes"] == INSTANCE["attributes"]


def test_no_controller_reads_what_is_left_out():
    skipped = {name for each in LEFT_OUT.values() for name in each}
    sources = [path for path in Path(lambdas.__file__).parent.rglob("*.py") if path.name != "lean_parsing.py"]
    read = {
        node.value
        for path in sources
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert not skipped & read


def test_the_model_of_ecs_has_all_that_is_named():
    model = plain().meta.service_model
    for operation in (*LEFT_OUT, *AS_THEY_CAME):
        items = next(iter(model.operation_model(operation).output_shape.members.values()))
        assert {*LEFT_OUT.get(operation, ()), *AS_THEY_CAME.get(operation, ())} <= set(items.member.members)


@pytest.mark.parametrize(
    "changes",
    [
        {"attributes": None},
        {"attributes": []},
        {"attributes": [{"name": "x", "value": None, "unheard": {"of": 1}}]},
        {"remainingResources": None, "registeredResources": None},
        {"remainingResources": [{"name": "CPU", "integerValue": None}, {"name": "PORTS", "stringSetValue": None}]},
        {"remainingResources": [{"name": "UNHEARD"}], "unheard": [1]},
        {"registeredAt": None},
        {"registeredAt": "2026-03-01T12:00:00Z"},
    ],
)
def test_odd_answers_are_read_as_before(both, changes):
    lean, full = (everything(ecs, services=[], containerInstances=[INSTANCE | changes], tasks=[]) for ecs in both)
    assert lean == full


@pytest.mark.parametrize("changes", [{"attributes": 5}, {"registeredResources": "x"}, {"registeredAt": "x"}])
def test_what_cannot_be_read_is_an_error_as_before(both, changes):
    for ecs in both:
        with pytest.raises(Exception, match=r".") as raised:
            everything(ecs, services=[], containerInstances=[INSTANCE | changes], tasks=[])
        assert not isinstance(raised.value, AssertionError)


def test_errors_keep_their_code_and_their_class(lean):
    body = b'{"__type":"com.amazonaws.ecs#ClusterNotFoundException","message":"Cluster not found."}'
    with_responses(lean, lambda *_: (400, body))
    with pytest.raises(lean.exceptions.ClusterNotFoundException, match="Cluster not found") as raised:
        read_services(lean, "prod")
    assert raised.value.response["Error"]["Code"] == "ClusterNotFoundException"


def test_what_fails_for_a_moment_is_tried_again(lean, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    answers = [(503, b""), (400, b'{"__type":"ThrottlingException"}'), (200, wire.as_json({"services": [SERVICE]}))]
    with_responses(lean, lambda *_: answers.pop(0))
    assert lean.describe_services(services=["web"])["ResponseMetadata"]["RetryAttempts"] == 2


def test_a_failure_that_stays_is_raised(lean, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    with_responses(lean, lambda *_: (400, b"<html>no JSON</html>"))
    with pytest.raises(ClientError):
        read_services(lean, "prod")


def test_pages_are_followed(lean):
    pages = {None: {"serviceArns": ["a"], "nextToken": "2"}, "2": {"serviceArns": ["b"]}}

    def respond(request, operation):
        given = wire.parameters(request)
        if operation == "ListServices":
            return 200, wire.as_json(pages[given.get("nextToken")])
        return 200, wire.as_json({"services": [SERVICE | {"serviceName": name} for name in given["services"]]})

    assert [each.name for each in read_services(with_responses(lean, respond), "prod")] == ["a", "b"]


@pytest.mark.parametrize("model", [SimpleNamespace(), SimpleNamespace(operation_model=lambda _: SimpleNamespace())])
def test_a_model_that_is_built_otherwise_is_left_alone(model):
    parse_leanly(SimpleNamespace(meta=SimpleNamespace(service_model=model)))


@pytest.mark.parametrize("value", [0, 1767225600, 1767225600.123, -1.5, 10**11, *TEXTS])
def test_a_moment_is_what_botocore_says(value):
    assert moment(value) == parse_timestamp(value)


@pytest.mark.parametrize("value", ["", "tomorrow"])
def test_what_is_no_moment_is_an_error_as_it_is_to_botocore(value):
    for parse in (moment, parse_timestamp):
        with pytest.raises((ValueError, TypeError)):
            parse(value)


@settings(max_examples=50)
@given(st.floats(0, 4e9))
def test_every_moment_is_within_a_microsecond_of_what_botocore_says(value):
    assert abs(moment(value) - parse_timestamp(value)) <= timedelta(microseconds=1)
