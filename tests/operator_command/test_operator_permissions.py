"""Every call of every command, against the IAM documents that docs/operator-policies.json is made of; and --json."""

import json
import time
import warnings
from contextlib import contextmanager
from dataclasses import replace
from unittest import mock

import jsonschema
import parliament
import pytest
from botocore.client import BaseClient

from infra.common.location import Location
from operator_command.commands.run import STARTED_BY
from operator_command.connection import VARIABLE
from operator_command.main import COMMANDS
from operator_command.shown.views import LINES, VIEWS
from sandbox.tests.emulator.emulated_cluster import CLUSTER, GROUP, REGION, client
from tests.operator_command.stage import DRY_RUN, LOGGED, SWITCH, run, staged, tag
from tests.support.iam_actions import Scene, calls_of
from tests.support.iam_evaluator import Call, allowed, refused, unused_grants
from tests.support.stack_files import ROOT
from tools import operator_docs
from tools.operator_docs import Operator

LOCATION = Location(partition="aws", region=REGION, account="123456789012")
OPERATOR = Operator(
    cluster=CLUSTER,
    group_prefix=GROUP,
    switch=SWITCH,
    dry_run=DRY_RUN,
    log_group_prefix="/ecs-platform/test/",
    location=LOCATION,
    roles="shop-*",
)
READS, ACTS, PREFLIGHT = (json.dumps(document) for document in OPERATOR.policies().values())
ACTING = {
    "exec", "run", "restart", "rollback", "pause", "resume", "drain", "replace", "retry-rollout", "test-alarm",
}  # fmt: skip
TO_TASKS = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
LOGS = LOGGED["logConfiguration"]["options"]["awslogs-group"]
SCENE = Scene(location=LOCATION, group=GROUP)


ANSWERS = {
    "ExecuteCommand": {"session": {"sessionId": "s", "streamUrl": "wss://x", "tokenValue": "t"}},
    "GetCallerIdentity": {"Arn": "arn:aws:sts::123456789012:assumed-role/controller/me"},
    "SimulatePrincipalPolicy": {"EvaluationResults": [], "IsTruncated": False},
    "GetHostedZone": {
        "HostedZone": {"Id": "/hostedzone/Z1", "Name": "shop.example.com."},
        "DelegationSet": {"NameServers": ["ns-1.example.net"]},
    },
}
"""Operation → what AWS answers to it."""
REAL = BaseClient._make_api_call


@contextmanager
def recorded(calls):
    """What the calls of every client ask of IAM; what the emulator lacks is answered by ANSWERS."""

    def call(self, operation, params):
        service = self.meta.service_model.service_id.hyphenize()
        calls.extend(calls_of(service, operation, params, SCENE))
        if operation == "RunTask":  # asks for the right to hand on the roles of the definition, too
            calls.append(Call(action="iam:PassRole", resource=LOCATION.iam_arn("role/shop-task"), context=TO_TASKS))
        if operation in ANSWERS:
            return ANSWERS[operation]
        answer = REAL(self, operation, params)
        for task in answer["tasks"] if operation == "DescribeTasks" else ():  # the emulator runs no containers
            task["enableExecuteCommand"] = True
            task["containers"] = [{"name": "app", "runtimeId": "r"}]
        return answer

    with mock.patch.object(BaseClient, "_make_api_call", call):
        yield


class Everything:
    """Runs each command once or more, and keeps what each asked of IAM and what it printed with --json."""

    def __init__(self, stage):
        self.stage, self.calls, self.printed = stage, {}, {}

    def run(self, *words, code=0):
        with recorded(self.calls.setdefault(words[0], [])):
            said = run(*words)
        assert said.code == code, (words, said)
        if "--json" in words:
            self.printed.setdefault(words[0], []).append(said.out)
        return said

    def second(self, _):
        """A pause of a command: one-off tasks end, time passes."""
        with mock.patch.object(BaseClient, "_make_api_call", REAL):  # the test's own calls
            self.end_one_off_tasks()
            self.stage.land.emulator.advance(1)

    def end_one_off_tasks(self):
        ecs = self.stage.land.ecs
        for arn in ecs.list_tasks(cluster=CLUSTER, startedBy=STARTED_BY)["taskArns"]:
            self.stage.log("once", LOGS, int(time.time() * 1000), stream=f"shop/app/{arn.rpartition('/')[2]}")
            ecs.stop_task(cluster=CLUSTER, task=arn)


def prepare(stage):
    """A service that logs and runs with ECS Exec, a balancer, a capacity provider, an alarm, and a failed rollout."""
    stage.grow(3)
    ecs, land = stage.land.ecs, stage.land
    definition = {
        "family": "shop",
        "networkMode": "awsvpc",
        "containerDefinitions": [LOGGED],
        "cpu": "128",
        "memory": "128",
    }
    ecs.register_task_definition(**definition)
    land.serve(count=2, enableExecuteCommand=True)
    stage.until(lambda: land.service()["runningCount"] == 2)
    land.emulator.advance(3)
    stage.log("hello", LOGS, int(time.time() * 1000), stream="shop/app/0123abcd")
    client("elbv2").create_load_balancer(Name=CLUSTER, Subnets=land.subnets)
    vpc = land.ec2.describe_subnets(SubnetIds=land.subnets[:1])["Subnets"][0]["VpcId"]
    target = client("elbv2").create_target_group(Name="idle", Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0]
    balancer = client("elbv2").describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    forward = [{"Type": "forward", "TargetGroupArn": target["TargetGroupArn"]}]
    client("elbv2").create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward)
    client("route53").create_hosted_zone(Name="example.com", CallerReference="1")
    group = land.group()["AutoScalingGroupARN"]
    ecs.create_capacity_provider(name="own", autoScalingGroupProvider={"autoScalingGroupArn": group})
    strategy = {"capacityProviders": ["own"], "defaultCapacityProviderStrategy": []}
    ecs.put_cluster_capacity_providers(cluster=CLUSTER, **strategy)
    client("cloudwatch").put_metric_alarm(
        AlarmName=f"{CLUSTER}-x", MetricName="m", Namespace="n", Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=1, ComparisonOperator="GreaterThanThreshold", AlarmActions=[LOCATION.arn("sns", f"{CLUSTER}-topic")],
    )  # fmt: skip
    return definition


def everything(all_):
    """Every command, in an order in which each has something to do."""
    land, definition = all_.stage.land, prepare(all_.stage)
    first, second, _ = land.ids()
    for words in (
        ("status",), ("explain", "--tasks", "shop=+3", "--type", "m7g.xlarge"), ("services",), ("tasks", "shop"),
        ("events", "shop"), ("logs", "shop"), ("cost",), ("status", "--cluster", CLUSTER),
    ):  # fmt: skip
        all_.run(*words, "--json")
    all_.run("doctor", "--json", code=1)
    with mock.patch.dict("os.environ", {VARIABLE: ""}):
        all_.run("services")
    all_.run("preflight", "prod", "--folder", str(ROOT), "--json", code=1)
    all_.run("run", "--yes", "--json", "shop", "ls", code=1)  # the emulator's containers have no exit codes
    all_.run("exec", "shop", "ls")
    uneven(all_)
    for words in (
        ("pause", "--yes"), ("pause",), ("resume", "--yes"), ("test-alarm", "--yes"), ("drain", first, "--yes"),
        ("watch", first), ("drain", first, "--undo", "--yes"), ("restart", "shop", "--yes"), ("watch", "shop"),
    ):  # fmt: skip
        all_.run(*words, "--json")
    land.ecs.update_service(
        cluster=CLUSTER, service="shop",
        taskDefinition=land.ecs.register_task_definition(**definition)["taskDefinition"]["taskDefinitionArn"],
    )  # fmt: skip
    land.emulator.advance(1)
    all_.run("rollback", "shop", "--yes", "--json")
    all_.run("watch", "shop", code=1)
    all_.run("replace", second, "--yes", "--json")
    land.emulator.advance(1)
    all_.run("explain")
    all_.run("status", "--json")
    all_.run("watch", "--timeout", "1", "--json")
    after_a_failed_rollout(all_)
    return all_


def uneven(all_):
    """Both tasks of the service stand on one of the instances, and somebody watches whether they move."""
    land = all_.stage.land
    *others, _ = [each["containerInstanceArn"] for each in land.instances()]
    for status in ("DRAINING", "ACTIVE"):
        land.ecs.update_container_instances_state(cluster=CLUSTER, containerInstances=others, status=status)
        all_.stage.until(lambda: land.service()["runningCount"] == land.service()["desiredCount"])
        land.emulator.advance(10)
    all_.run("watch", "update", "--timeout", "1", code=1)


def after_a_failed_rollout(all_):
    """What there is to do once the wanted version has failed."""
    stage, land = all_.stage, all_.stage.land
    land.auto_scaling.create_or_update_tags(Tags=[tag("ecs-platform:wanted-template-version", "2")])
    template = {"LaunchTemplate": {"LaunchTemplateId": land.template, "Version": "2"}}
    land.auto_scaling.start_instance_refresh(AutoScalingGroupName=GROUP, DesiredConfiguration=template)
    land.emulator.advance(1)
    land.auto_scaling.cancel_instance_refresh(AutoScalingGroupName=GROUP)
    stage.until(lambda: refreshes(land)[0]["Status"] == "Cancelled")
    all_.run("retry-rollout", "--yes", "--json")
    all_.run("watch", "rollout", "--timeout", "1", code=1)


def refreshes(land):
    return land.auto_scaling.describe_instance_refreshes(AutoScalingGroupName=GROUP)["InstanceRefreshes"]


@pytest.fixture(scope="module")
def done():
    plugin = mock.patch("shutil.which", return_value="/bin/session-manager-plugin")
    with staged() as stage, plugin, mock.patch("subprocess.run") as started:
        started.return_value.returncode = 0
        started.return_value.stdout = "1.2.707.0"
        with mock.patch("time.sleep") as sleep:
            all_ = Everything(stage)
            sleep.side_effect = all_.second
            yield everything(all_)


def test_every_command_was_run(done):
    assert done.calls.keys() == {command.name for command in COMMANDS}


def test_what_only_reads_needs_the_first_document_alone(done):
    for name in done.calls.keys() - ACTING - {"preflight"}:
        assert refused([READS], done.calls[name]) == [], name


def test_the_checks_of_an_account_need_a_document_of_their_own_alone(done):
    assert refused([PREFLIGHT], done.calls["preflight"]) == []
    assert unused_grants([PREFLIGHT], done.calls["preflight"]) == []


def test_who_only_looks_or_acts_cannot_ask_what_others_may():
    for document in (READS, ACTS):
        granted = {action.partition(":")[0] for each in json.loads(document)["Statement"] for action in each["Action"]}
        assert not granted & ({"sts", "route53", "servicequotas"} | ({"iam"} if document == READS else set()))
    simulated = Call(action="iam:SimulatePrincipalPolicy", resource=LOCATION.iam_arn("user/me"))
    assert not allowed([READS, ACTS], simulated)


def test_what_acts_needs_the_second_document_besides(done):
    for name in ACTING:
        assert refused([READS, ACTS], done.calls[name]) == [], name
        assert refused([READS], done.calls[name]) != [], name


def test_nothing_is_granted_that_no_command_calls(done):
    every = [call for name, calls in done.calls.items() if name != "preflight" for call in calls]
    # Asked only when tasks wait or a surplus goes: tests of the capacity controller show these calls.
    every += [
        Call(action="cloudwatch:GetMetricData"), Call(action="cloudwatch:GetMetricStatistics"),
        Call(action="ecs:GetTaskProtection", resource=LOCATION.arn("ecs", f"task/{CLUSTER}/1")),
    ]  # fmt: skip
    assert unused_grants([READS, ACTS], every) == []


def test_another_cluster_and_another_tag_are_refused():
    other = {"ecs:cluster": LOCATION.arn("ecs", "cluster/other")}
    tagged = {"aws:TagKeys": ["ecs-platform:wanted-template-version"]}
    for call in (
        Call(action="ecs:UpdateService", resource=LOCATION.arn("ecs", "service/other/shop")),
        Call(action="ecs:RunTask", resource=LOCATION.arn("ecs", "task-definition/shop:1"), context=other),
        Call(action="autoscaling:CreateOrUpdateTags", resource=SCENE.group_arn(GROUP), context=tagged),
        Call(action="ssm:PutParameter", resource=LOCATION.arn("ssm", "parameter/ecs-platform/prod/controllers")),
        Call(action="iam:PassRole", resource=LOCATION.iam_arn("role/admin"), context=TO_TASKS),
        Call(action="cloudwatch:SetAlarmState", resource=LOCATION.arn("cloudwatch", "alarm:other-x")),
    ):
        assert not allowed([READS, ACTS], call), call


def test_without_the_names_of_roles_none_is_handed_on():
    documents = [json.dumps(each) for each in replace(OPERATOR, roles="").policies().values()]
    assert not allowed(documents, Call(action="iam:PassRole", resource=LOCATION.iam_arn("role/shop"), context=TO_TASKS))


def test_alarms_are_read_without_the_composite_ones_unless_of_every_resource():
    asked = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    calls = list(calls_of("cloudwatch", "DescribeAlarms", asked, SCENE))
    alarms = LOCATION.arn("cloudwatch", "alarm:*")
    narrow = {"Effect": "Allow", "Action": "cloudwatch:DescribeAlarms", "Resource": alarms}
    assert refused([json.dumps({"Version": "2012-10-17", "Statement": [narrow]})], calls)
    assert not refused([READS], calls)


def test_the_linter_finds_nothing_in_the_documents():
    for name, document in Operator.of("prod", operator_docs.EXAMPLE).policies().items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = parliament.analyze_policy_string(json.dumps(document)).findings
        told = {(each.issue, str(each.detail)) for each in found}
        # One is younger than the linter's copy of the reference; the others are asked for every resource by AWS.
        expected = {
            ("UNKNOWN_ACTION", "Unknown action ecs:StopServiceDeployment"), ("RESOURCE_STAR", "['ecs:ListTasks']"),
            ("RESOURCE_STAR", "['cloudwatch:DescribeAlarms']"),
        }  # fmt: skip
        assert told <= expected, name


def test_what_is_printed_as_json_holds_to_the_schema_of_the_page(done):
    schemas = json.loads(operator_docs.SCHEMA.read_text())
    assert done.printed.keys() == schemas.keys()
    for name, texts in done.printed.items():
        schema = schemas | {"$ref": f"#/{name}"}
        validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
        printed = [one for text in texts for one in (text.splitlines() if name in LINES else [text])]
        assert printed, name
        for one in printed:
            validator.validate(json.loads(one))


def test_every_command_has_a_schema_but_the_one_that_hands_the_terminal_over():
    assert VIEWS.keys() == {command.name for command in COMMANDS} - {"exec"}


def test_what_acts_says_as_json_on_what_and_whether_it_changed_something(done):
    paused, again = map(json.loads, done.printed["pause"])
    assert paused == {"cluster": CLUSTER, "on": SWITCH, "done": f"{SWITCH} is paused", "follows": "", "changed": True}
    assert (again["changed"], again["done"]) == (False, f"the controllers of {CLUSTER} are paused already")
    (deployed,) = map(json.loads, done.printed["restart"])
    assert (deployed["on"], deployed["follows"]) == ("shop", "watch it: ecs-platform watch shop")


def test_the_pages_are_those_of_the_command():
    assert operator_docs.main(["--check"]) == 0
