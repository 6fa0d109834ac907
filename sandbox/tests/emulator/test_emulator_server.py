from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
import zipfile

import pytest
from botocore.exceptions import ClientError

from sandbox.emulator import Server, Settings
from sandbox.emulator.schedules import interval_s
from sandbox.emulator.targets import payload_of
from sandbox.tests.emulator.emulated_cluster import CLUSTER, REGION, client

HANDLER = """
import json, os, time
import boto3

def handle(event, context):
    print(json.dumps({"greeting": os.environ["GREETING"], "event": event}))
    if event.get("slow"):
        time.sleep(30)
    if event.get("fail"):
        raise ValueError("asked to fail")
    names = boto3.client("ecs").list_clusters()["clusterArns"]
    return {"clusters": len(names), "remaining": context.get_remaining_time_in_millis() > 0}
"""
EMBEDDED = """
import json

def handle(event, context):
    directive = {"Namespace": "platform", "Dimensions": [["Cluster"]], "Metrics": [{"Name": "Schedulable"}]}
    print(json.dumps({"_aws": {"Timestamp": 0, "CloudWatchMetrics": [directive]}, "Cluster": "a", "Schedulable": 7}))
"""


def ask(server, path, data=None, method="GET", **headers):
    """Ask as somebody without an AWS client does; with the key, unless the headers say otherwise."""
    headers = {"X-Emulator-Key": server.key, **{name.replace("_", "-"): value for name, value in headers.items()}}
    request = urllib.request.Request(f"{server.endpoint}{path}", data=data, method=method, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return answer.read()


@pytest.fixture
def served():
    with Server(settings=Settings(schedule_scale=0.001), ticking=False) as server:
        ask(server, "/moto-api/reset", method="POST")
        yield server


def archive(code):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("watch/__init__.py", "")
        file.writestr("watch/handler.py", code)
    return packed.getvalue()


def deploy(served, code=HANDLER, **more: object):
    iam = client("iam", served)
    role = iam.create_role(RoleName="watch", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    return client("lambda", served).create_function(
        FunctionName="watch",
        Runtime="python3.13",
        Handler="watch.handler.handle",
        Role=role,
        Code={"ZipFile": archive(code)},
        **{"Timeout": 20, "Environment": {"Variables": {"GREETING": "hello"}}, **more},
    )["FunctionArn"]


def lines(served, group="/aws/lambda/watch"):
    logs = client("logs", served)
    found = logs.filter_log_events(logGroupName=group)["events"]
    return [json.loads(event["message"]) for event in found if event["message"].startswith("{")]


def pass_time(served, ticks=1):
    for _ in range(ticks):
        served.emulator.tick()
        served.emulator.workers.wait(20)


def test_a_deployed_function_runs_and_calls_the_emulator(served):
    client("ecs", served).create_cluster(clusterName=CLUSTER)
    deploy(served, LoggingConfig={"LogFormat": "JSON", "LogGroup": "/platform/watch"})
    answer = client("lambda", served).invoke(FunctionName="watch", Payload=b'{"a": 1}')
    assert json.loads(answer["Payload"].read()) == {"clusters": 1, "remaining": True}
    assert {"greeting": "hello", "event": {"a": 1}} in lines(served, "/platform/watch")
    shown = client("lambda", served).get_function_configuration(FunctionName="watch")
    assert shown["LoggingConfig"]["LogGroup"] == "/platform/watch"


def test_a_function_that_raises_or_takes_too_long_is_an_error(served):
    deploy(served)
    caller = client("lambda", served)
    failed = caller.invoke(FunctionName="watch", Payload=b'{"fail": true}')
    assert failed["FunctionError"] == "Unhandled"
    assert json.loads(failed["Payload"].read())["errorMessage"] == "asked to fail"
    caller.update_function_configuration(FunctionName="watch", Timeout=1)
    late = caller.invoke(FunctionName="watch", Payload=b'{"slow": true}')
    assert "Task timed out after 1.00 seconds" in json.loads(late["Payload"].read())["errorMessage"]


def test_a_schedule_runs_its_function_and_a_metric_in_its_lines_arrives(served):
    arn = deploy(served, EMBEDDED)
    trust = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
    client("iam", served).create_role(RoleName="x", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    client("scheduler", served).create_schedule(
        Name="every-minute",
        ScheduleExpression="rate(1 minute)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": arn, "RoleArn": "arn:aws:iam::123456789012:role/x", "Input": "{}"},
    )
    pass_time(served)
    metrics = client("cloudwatch", served).list_metrics(Namespace="platform")["Metrics"]
    assert [(m["MetricName"], m["Dimensions"]) for m in metrics] == [
        ("Schedulable", [{"Name": "Cluster", "Value": "a"}])
    ]


def test_an_event_runs_the_function_of_its_rule_and_a_disabled_rule_does_not(served):
    arn = deploy(served)
    events = client("events", served)
    for name, state in (("on", "ENABLED"), ("off", "DISABLED")):
        events.put_rule(Name=name, EventPattern=json.dumps({"source": [{"prefix": "shop"}]}), State=state)
        events.put_targets(Rule=name, Targets=[{"Id": "f", "Arn": arn, "Input": json.dumps({"rule": name})}])
    events.put_events(Entries=[{"Source": "shop.cart", "DetailType": "Order", "Detail": "{}"}])
    pass_time(served)
    assert [line["event"] for line in lines(served)] == [{"rule": "on"}]


def test_a_failing_asynchronous_call_is_tried_again_and_then_reported(served):
    deploy(served)
    queue = client("sqs", served)
    url = queue.create_queue(QueueName="failed")["QueueUrl"]
    caller = client("lambda", served)
    caller.put_function_event_invoke_config(
        FunctionName="watch",
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": f"arn:aws:sqs:{REGION}:123456789012:failed"}},
    )
    assert caller.invoke(FunctionName="watch", InvocationType="Event", Payload=b'{"fail": true}')["StatusCode"] == 202
    pass_time(served)
    assert "Messages" not in queue.receive_message(QueueUrl=url)
    served.emulator.tick(served.emulator.world.now + 60)
    served.emulator.workers.wait(20)
    record = json.loads(queue.receive_message(QueueUrl=url)["Messages"][0]["Body"])
    assert record["requestPayload"] == {"fail": True}


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("autoscaling", "describe_traffic_sources", {"AutoScalingGroupName": "a"}),
        ("ecs", "list_services_by_namespace", {"namespace": "a"}),
        ("ec2", "describe_capacity_blocks", {}),
        ("lambda", "get_account_settings", {}),
    ],
)
def test_a_missing_api_is_an_error_that_names_it(served, service, operation, parameters):
    with pytest.raises(ClientError, match="the emulator lacks") as caught:
        getattr(client(service, served), operation)(**parameters)
    assert caught.value.response["Error"]["Code"] == "NotImplemented"


@pytest.mark.parametrize(
    ("thing", "order"),
    [
        ("agents/i-unknown", b'{"connected": false}'),
        ("tasks/unknown", b'{"exitCode": 1}'),
        ("images/unknown", b'{"muted": true}'),
        ("zones/unknown", b'{"lost": true}'),
    ],
)
def test_an_order_over_http_names_something_that_is_there(served, thing, order):
    with pytest.raises(urllib.error.HTTPError, match="400"):
        ask(served, f"/_emulator/{thing}", data=order, method="POST")
    assert json.loads(ask(served, "/_emulator/health"))["ok"]


def test_the_control_loop_ticks_by_itself():
    with Server(settings=Settings(tick_s=0.01)) as server:
        before = server.emulator.world.now
        assert client("sts", server).get_caller_identity()["Account"] == "123456789012"
        while server.emulator.world.now == before:
            pass
        assert list(server.emulator.world.log) == []


def test_a_target_receives_what_it_asks_for():
    event = {"id": "1", "detail": {"instance": "i-1", "size": 2}}
    assert json.loads(payload_of({"InputPath": "$.detail"}, event)) == {"instance": "i-1", "size": 2}
    transformer = {
        "InputPathsMap": {"i": "$.detail.instance", "n": "$.detail.size"},
        "InputTemplate": '{"x": "<i>", "n": <n>}',
    }
    assert json.loads(payload_of({"InputTransformer": transformer}, event)) == {"x": "i-1", "n": 2}
    assert json.loads(payload_of({}, event)) == event


def test_rates_are_understood_and_cron_is_not():
    assert [interval_s(f"rate({text})") for text in ("1 minute", "5 minutes", "1 hour")] == [60, 300, 3600]
    assert interval_s("cron(0 3 * * ? *)") is None


def test_a_function_meets_the_emulator_and_nothing_that_its_variables_or_the_users_name(served, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", "http://127.0.0.1:9")
    elsewhere = {
        "GREETING": "hello",
        "AWS_ENDPOINT_URL_ECS": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }
    deploy(served, Environment={"Variables": elsewhere})
    answer = client("lambda", served).invoke(FunctionName="watch", Payload=b"{}")
    assert json.load(answer["Payload"]) == {"clusters": 0, "remaining": True}


def test_a_functions_code_is_unpacked_where_only_this_user_reads_and_goes_with_the_emulator():
    with Server(settings=Settings(schedule_scale=0.001), ticking=False) as server:
        ask(server, "/moto-api/reset", method="POST")
        deploy(server)
        client("lambda", server).invoke(FunctionName="watch", Payload=b"{}")
        scratch = server.emulator.world.scratch()
        assert scratch.stat().st_mode & 0o077 == 0
        assert any(scratch.rglob("handler.py"))
    assert not scratch.exists()
