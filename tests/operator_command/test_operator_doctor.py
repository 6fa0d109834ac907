"""`doctor` and `test-alarm`: what is found, and the commands on the emulator."""

from dataclasses import replace
from unittest import mock

import boto3
import pytest

from lambdas.cluster.snapshot import Ec2Instance, Hook, Refresh, Template
from lambdas.instances.snapshot import InstancesSnapshot
from operator_command.commands.try_alarm import choose
from operator_command.errors import OperatorError
from operator_command.reading.controllers import Controllers
from operator_command.reading.health import Balancing, Health, Rule
from operator_command.shown.findings import findings_drawn, findings_of
from sandbox.tests.emulator.emulated_cluster import CLUSTER, GROUP, client
from tests.lambdas.capacity.clusters import a_group, a_member, an_instance
from tests.operator_command.golden import assert_golden
from tests.operator_command.stage import CAPACITY, INSTANCES, run, staged
from tests.operator_command.views import NOW

HOOKS = tuple(
    Hook(name=name, transition="x", heartbeat_timeout_s=60, default_result="CONTINUE") for name in ("ready", "drain")
)
TARGETS = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/{}/0a1b2c3d"


def health(members=(), instances=(), group=None, **changes):
    """A cluster with one group of these members; nothing is wrong with it but what the test says."""
    living = a_group([a_member(each) for each in members], hooks=HOOKS, **(group or {}))
    inputs = {
        "cluster": "ecs-prod",
        "now": NOW,
        "controllers": Controllers(instances=INSTANCES, capacity=CAPACITY),
        "snapshot": InstancesSnapshot(
            groups=changes.pop("groups", (living,)),
            container_instances=tuple(instances or [an_instance(number) for number in members]),
            ec2_instances=changes.pop("ec2", {}),
        ),
    }  # fmt: skip
    return Health(**(inputs | changes))


def kinds(found):
    return [each.kind for each in findings_of(found).findings]


def test_nothing_is_found_where_nothing_is_wrong():
    assert kinds(health([1, 2])) == []


def test_a_ghost_a_foreign_and_an_unregistered_instance():
    silent = an_instance(7, agent_connected=False)
    assert kinds(health([1], [an_instance(1), silent], ec2={"i-7": None})) == ["ghost registration"]
    running = {"i-7": Ec2Instance(instance_id="i-7", state="running")}
    assert kinds(health([1], [an_instance(1), silent], ec2=running)) == ["foreign instance"]
    assert kinds(health([1, 2], [an_instance(1)])) == ["unregistered instance"]


def test_what_is_wrong_with_a_group():
    def of(**changes):
        return kinds(health([1], group=changes))

    assert of(suspended_processes=frozenset({"Launch"})) == ["suspended scaling"]
    assert of(suspended_processes=frozenset({"ScheduledActions"})) == []
    template = Template(template_id="lt", version="4")
    failed = Refresh(refresh_id="r", status="Failed", started=NOW, template=template)
    wanted = {"ecs-platform:wanted-template-version": "4"}
    assert of(refreshes=(failed,), template=template, tags=wanted) == ["blocked rollout"]
    hooks = replace(HOOKS[0], name="other")
    found = health([1])
    (group,) = found.snapshot.groups
    odd = replace(found, snapshot=replace(found.snapshot, groups=(replace(group, hooks=(hooks, HOOKS[1])),)))
    assert kinds(odd) == ["foreign hook", "missing hook"]


def test_retained_and_protected_instances():
    members = [a_member(1, "Terminating:Retained"), a_member(2, protected_from_scale_in=True)]
    found = health([], [an_instance(1), an_instance(2)], groups=(a_group(members, hooks=HOOKS),))
    assert kinds(found) == ["retained instance", "protected instance"]


def test_no_group_and_two_groups():
    assert kinds(health([], [an_instance(1)], groups=())) == ["foreign instance", "groups"]
    assert kinds(health(groups=(a_group(hooks=HOOKS), a_group(hooks=HOOKS, name="b")), instances=[])) == ["groups"]


def some_trouble():
    balancing = Balancing(
        rules=(Rule(arn="rule/1", target_groups=frozenset({TARGETS.format("old")})),),
        target_groups={TARGETS.format("old"): True, TARGETS.format("web"): True, TARGETS.format("idle"): False},
        served=frozenset({TARGETS.format("web")}),
        of_addresses=frozenset(map(TARGETS.format, ("old", "web", "idle"))),
        ours=frozenset(map(TARGETS.format, ("old", "web", "idle"))),
    )
    return health(
        [1],
        scalers=("scaling policy cpu of group",),
        stopped_functions=("ecs-prod-capacity",),
        stopped_schedules=("ecs-prod-instance-controller-schedule",),
        balancing=balancing,
    )


def test_second_scalers_stopped_controllers_and_what_is_left_of_the_balancer():
    assert kinds(some_trouble()) == [
        "second scaler", "stopped controller", "stopped controller", "orphaned rule", "unattached target group",
    ]  # fmt: skip


def test_rules_to_functions_and_instances_are_no_orphans_and_what_is_not_ours_is_looked_at():
    found = some_trouble()
    others = replace(found, balancing=replace(found.balancing, of_addresses=frozenset()))
    assert "orphaned rule" not in kinds(others)
    unknown = replace(found, balancing=replace(found.balancing, ours=frozenset()))
    remedies = [each.remedy for each in findings_of(unknown).findings[-2:]]
    assert all(each.startswith("it has no tag of the platform: look whose it is") for each in remedies)


def test_commands_that_are_told_are_complete():
    trouble = some_trouble()
    member = replace(a_member(1), protected_from_scale_in=True)
    odd = a_group([member, a_member(2, "Terminating:Retained")], hooks=(*HOOKS, replace(HOOKS[0], name="odd")))
    silent = an_instance(7, agent_connected=False)
    found = replace(
        trouble,
        snapshot=InstancesSnapshot(
            groups=(replace(odd, suspended_processes=frozenset({"Launch"})),),
            container_instances=(an_instance(1), silent),
            ec2_instances={"i-7": None},
        ),
    )
    told = [each.remedy.partition("aws ")[2].split() for each in findings_of(found).findings if "aws " in each.remedy]
    assert len(told) == 8
    session = boto3.Session(region_name="eu-west-1")
    for service, operation, *options in told:
        model = session.client(service).meta.service_model
        name = "".join(word.title() for word in operation.split("-"))
        given = {each.removeprefix("--").replace("-", "") for each in options if each.startswith("--")}
        required = {
            each.lower() for each in model.operation_model(name).input_shape.required_members
            if each != "ProtectedFromScaleIn"  # a flag: --no-protected-from-scale-in
        }  # fmt: skip
        assert required <= given, operation


@pytest.mark.parametrize("width", [80, 160])
def test_the_screen(width):
    assert_golden("doctor", findings_drawn(findings_of(some_trouble())), width)


def test_doctor_on_the_emulator():
    with staged() as stage:
        stage.land.hook("ready", "LAUNCHING")
        stage.land.auto_scaling.set_desired_capacity(AutoScalingGroupName=GROUP, DesiredCapacity=2)
        stage.until(lambda: stage.land.states() == ["Pending:Wait"] * 2)
        for instance in stage.land.ids():
            stage.land.complete("ready", instance)
        stage.until(lambda: len(stage.land.instances()) == 2 and stage.land.states() == ["InService"] * 2)
        well = run("doctor")
        stage.land.auto_scaling.put_scaling_policy(
            AutoScalingGroupName=GROUP, PolicyName="cpu", AdjustmentType="ChangeInCapacity", ScalingAdjustment=1
        )
        stage.land.auto_scaling.suspend_processes(AutoScalingGroupName=GROUP, ScalingProcesses=["Terminate"])
        client("lambda").put_function_concurrency(FunctionName=f"{CLUSTER}-capacity", ReservedConcurrentExecutions=0)
        elb, vpc = (
            client("elbv2"),
            stage.land.ec2.describe_subnets(SubnetIds=stage.land.subnets[:1])["Subnets"][0]["VpcId"],
        )
        elb.create_load_balancer(Name=CLUSTER, Subnets=stage.land.subnets)
        ours = [{"Key": "managed-by", "Value": "ecs-platform"}]
        elb.create_target_group(Name="idle", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip", Tags=ours)
        ill = run("doctor", "--json")
    assert (well.code, "nothing is orphaned" in well.out) == (0, True), well
    assert ill.code == 1
    assert [each["kind"] for each in ill.json["findings"]] == [
        "suspended scaling", "second scaler", "stopped controller", "unattached target group",
    ]  # fmt: skip
    assert ill.json["findings"][-1]["remedy"].startswith("aws elbv2 delete-target-group")


SCALES = "arn:aws:autoscaling:r:1:scalingPolicy:x"


def an_alarm(name="platform-x", **changes):
    return {"AlarmName": name, "AlarmActions": ["arn:aws:sns:r:1:topic"], "StateValue": "OK", **changes}


@pytest.mark.parametrize(
    ("alarms", "name", "words"),
    [
        ([], "", "no such alarm"),
        ([an_alarm()], "y", "y: no such alarm"),
        ([an_alarm(AlarmActions=[])], "", "notifies nobody"),
        ([an_alarm(ActionsEnabled=False)], "", "notifies nobody"),
        ([an_alarm(StateValue="ALARM")], "", "is in ALARM by itself"),
        ([an_alarm(AlarmActions=[SCALES])], "", "does more than notify"),
        ([an_alarm(OKActions=[SCALES])], "platform", "name it in full"),
        (
            [an_alarm("platform-1"), an_alarm("platform-2")],
            "platform",
            "several alarms begin so: platform-1, platform-2",
        ),
    ],
)
def test_alarms_that_cannot_be_tested(alarms, name, words):
    with pytest.raises(OperatorError, match=words):
        choose(alarms, name)


def test_the_exact_name_wins_over_the_beginning():
    assert choose([an_alarm("platform-x-1"), an_alarm("platform-x")], "platform-x")["AlarmName"] == "platform-x"


def test_without_a_name_an_alarm_that_only_notifies_is_taken_and_in_full_any():
    acts = an_alarm("platform-a", AlarmActions=[SCALES])
    assert choose([acts, an_alarm("platform-b")], "")["AlarmName"] == "platform-b"
    assert choose([acts, an_alarm("platform-b")], "platform-a") is acts
    assert choose([an_alarm("platform-b-1")], "platform-b")["AlarmName"] == "platform-b-1"


def test_an_alarm_goes_to_alarm_and_back():
    with staged():
        cloudwatch = client("cloudwatch")
        for name in ("platform-silent", "web-errors"):
            cloudwatch.put_metric_alarm(
                AlarmName=name, MetricName="m", Namespace="n", Statistic="Sum", Period=60, EvaluationPeriods=1,
                Threshold=1, ComparisonOperator="GreaterThanThreshold",
                AlarmActions=["arn:aws:sns:eu-west-1:123456789012:platform-topic"],
            )  # fmt: skip
        states = []

        def look(_):
            states.append(cloudwatch.describe_alarms(AlarmNames=["platform-silent"])["MetricAlarms"][0]["StateValue"])
            states.append(run("status", "--json").json["alarms"][0]["name"])

        with mock.patch("time.sleep", look):
            said = run("test-alarm", "--yes")
        after = cloudwatch.describe_alarms(AlarmNames=["platform-silent"])["MetricAlarms"][0]
    assert (said.code, states) == (0, ["ALARM", "platform-silent"])
    assert "platform-silent goes to ALARM for 10 s, and notifies platform-topic." in said.err
    assert (after["StateValue"], "the test is over" in after["StateReason"]) == ("OK", True)
