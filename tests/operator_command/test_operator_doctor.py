"""`doctor` and `test-alarm`: what is found, and the commands on the emulator."""

from dataclasses import replace
from unittest import mock

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
        elb.create_target_group(Name="idle", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
        ill = run("doctor", "--json")
    assert (well.code, "nothing is orphaned" in well.out) == (0, True), well
    assert ill.code == 1
    assert [each["kind"] for each in ill.json["findings"]] == [
        "suspended scaling", "second scaler", "stopped controller", "unattached target group",
    ]  # fmt: skip


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
    ],
)
def test_alarms_that_cannot_be_tested(alarms, name, words):
    with pytest.raises(OperatorError, match=words):
        choose(alarms, name)


def test_the_exact_name_wins_over_the_beginning():
    assert choose([an_alarm("platform-x-1"), an_alarm("platform-x")], "platform-x")["AlarmName"] == "platform-x"


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
