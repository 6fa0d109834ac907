"""A job that runs by a schedule: who may do what, what is counted of its runs, and what is refused."""

import json
import re
from datetime import datetime

import pulumi
import pulumi_aws as aws
import pytest

from infra.services.container import Container
from infra.services.job import Job
from infra.services.run_record import LONGEST_PATTERN
from infra.services.scheduled_task import ScheduledTask
from infra.services.scheduled_task_args import Watch
from infra.services.service import Service
from infra.services.sidecar import Sidecar
from infra.services.volume import EbsVolume, Mount
from tests.program.pack_on_graph import shop_report
from tests.support.application import IMAGE, a_job, a_platform, a_scheduled_task, a_service
from tests.support.graph import ACCOUNT, REGION, Graph
from tests.support.service import graph_from
from tests.support.watched import of_alarm, told

FAMILY = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/ecs-test-report:*"
ALARMS = aws.cloudwatch.MetricAlarm


def graph_with(*, preview: bool = False, name: str = "report", **changes) -> Graph:
    return graph_from(lambda: ScheduledTask(name, a_scheduled_task(**changes)), preview=preview)


def document(graph: Graph, kind: type, name: str, key: str) -> list[dict]:
    return json.loads(graph.one(kind, name)[key])["Statement"]


def test_a_run_is_a_task_on_the_instances_of_the_cluster_in_a_network_of_its_own():
    graph = graph_with()
    target, platform = graph.one(aws.scheduler.Schedule)["target"], a_platform()
    run = target["ecsParameters"]
    assert target["arn"] == platform.cluster_arn
    assert (run["launchType"], run["taskCount"], run["group"]) == ("EC2", 1, "family:ecs-test-report")
    assert run["networkConfiguration"] == {
        "subnets": platform.private_subnet_ids,
        "securityGroups": ["report-security-group-id"],
        "assignPublicIp": False,
    }
    assert run["placementStrategies"][0] == {"type": "spread", "field": "attribute:ecs.availability-zone"}
    assert (run["propagateTags"], run["enableEcsManagedTags"]) == ("TASK_DEFINITION", True)
    (container,) = json.loads(graph.one(aws.ecs.TaskDefinition)["containerDefinitions"])
    assert container["portMappings"] == []
    assert not graph.of(aws.vpc.SecurityGroupIngressRule)


@pytest.mark.parametrize("preview", [True, False])
def test_scheduler_may_run_this_job_on_this_cluster_and_nothing_else(preview):
    graph = graph_with(preview=preview)
    assert document(graph, aws.iam.RolePolicy, "report-scheduler", "policy") == [
        {
            "Effect": "Allow",
            "Action": ["ecs:RunTask"],
            "Resource": [FAMILY],
            "Condition": {"ArnEquals": {"ecs:cluster": a_platform().cluster_arn}},
        },
        {
            "Effect": "Allow",
            "Action": ["ecs:TagResource"],
            "Resource": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/ecs-test/*"],
            "Condition": {"StringEquals": {"ecs:CreateAction": "RunTask"}},
        },
        {
            "Effect": "Allow",
            "Action": ["iam:PassRole"],
            "Resource": [
                f"arn:aws:iam::{ACCOUNT}:role/report-task-execution-0a1b2c3",
                f"arn:aws:iam::{ACCOUNT}:role/report-task-role-0a1b2c3",
            ],
            "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        },
        {
            "Effect": "Allow",
            "Action": ["sqs:SendMessage"],
            "Resource": [f"arn:aws:sqs:{REGION}:{ACCOUNT}:report-dead-letters-0a1b2c3"],
        },
    ]
    (trust,) = document(graph, aws.iam.Role, "report-scheduler", "assumeRolePolicy")
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    group = graph.one(aws.scheduler.ScheduleGroup)
    assert trust["Condition"] == {
        "StringEquals": {
            "aws:SourceAccount": ACCOUNT,
            "aws:SourceArn": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{group.name}-0a1b2c3",
        }
    }


def test_the_schedule_comes_after_all_that_a_run_needs():
    graph = graph_with()
    before = graph.before(graph.one(aws.scheduler.Schedule))
    needed = [
        *graph.of(aws.iam.RolePolicy),
        *graph.of(aws.vpc.SecurityGroupEgressRule),
        graph.one(aws.cloudwatch.LogGroup),
        graph.one(aws.sqs.Queue),
        graph.one(aws.scheduler.ScheduleGroup),
    ]
    assert [one.name for one in needed if one.urn not in before] == []
    assert {one.name for one in graph.of(aws.iam.RolePolicy)} == {"report-scheduler", "report-task-execution"}


def test_what_could_not_be_started_is_kept_encrypted_for_as_long_as_sqs_can():
    graph = graph_with()
    queue, schedule = graph.one(aws.sqs.Queue), graph.one(aws.scheduler.Schedule)
    assert (queue["sqsManagedSseEnabled"], queue["messageRetentionSeconds"]) == (True, 1_209_600)
    assert schedule["target"]["deadLetterConfig"]["arn"].endswith(":report-dead-letters-0a1b2c3")
    alarm = graph.one(ALARMS, "report-not-started")
    assert (alarm["metricName"], alarm["dimensions"], alarm["threshold"], alarm["treatMissingData"]) == (
        "ApproximateNumberOfMessagesVisible", {"QueueName": "report-dead-letters-0a1b2c3"}, 1, "ignore",
    )  # fmt: skip


def test_roles_and_logs_are_under_the_boundary_and_the_key_of_the_platform():
    boundary, key = f"arn:aws:iam::{ACCOUNT}:policy/bound", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
    graph = graph_with(platform=a_platform(permissions_boundary_arn=boundary, key_arn=key))
    assert {role["permissionsBoundary"] for role in graph.of(aws.iam.Role)} == {boundary}
    assert graph.one(aws.cloudwatch.LogGroup)["kmsKeyId"] == key


# What is counted


TERM = re.compile(r'\$\.detail\.(?:containers\[(\d)\]\.)?(\w+) (!?=) (?:"([^"]*)"|(\d+))')


def counted(graph: Graph, what: str, event: dict) -> bool:
    """Whether a filter of the job counts an event: its terms are read, and its brackets are Python's."""
    pattern = graph.one(aws.cloudwatch.LogMetricFilter, f"report-runs-{what}")["pattern"]
    inner = pattern.removeprefix("{ ").removesuffix(" }")

    def holds(term: re.Match) -> str:
        place, field, operator, text, number = term.groups()
        within = event if place is None else (event["containers"][int(place) :] or [{}])[0]
        value, wanted = within.get(field), text if number is None else int(number)
        if isinstance(wanted, str) and wanted.endswith("*"):
            return str(str(value).startswith(wanted[:-1]))
        return str((value == wanted) == (operator == "="))

    return eval(TERM.sub(holds, inner).replace("&&", "and").replace("||", "or"))


def event(status: str, *codes: tuple[str, int | None], desired: str = "STOPPED", family: str = FAMILY) -> dict:
    containers = [{"name": name} | ({} if code is None else {"exitCode": code}) for name, code in codes]
    return {
        "taskDefinitionArn": family.replace("*", "7"),
        "lastStatus": status,
        "desiredStatus": desired,
        "containers": containers,
    }


@pytest.mark.parametrize(
    ("what", "of", "is_counted"),
    [
        ("started", event("PROVISIONING", ("report", None), desired="RUNNING"), True),
        ("started", event("STOPPED", ("report", 0)), False),
        ("started", event("PENDING", desired="RUNNING", family=FAMILY.replace("report", "reports")), False),
        ("started", event("PENDING", desired="RUNNING", family=FAMILY.replace("test-report", "test")), False),
        ("ended", event("STOPPED", ("report", 1)), True),
        ("ended", event("STOPPED", ("report", None)), True),
        ("ended", event("DEPROVISIONING", ("report", 0)), False),
        ("ended", event("STOPPED", ("report", 0), family=FAMILY.replace("report", "other")), False),
        ("succeeded", event("STOPPED", ("report", 0), ("proxy", 143)), True),
        ("succeeded", event("STOPPED", ("proxy", 143), ("report", 0)), True),
        ("succeeded", event("STOPPED", ("proxy", 0), ("report", 1)), False),
        ("succeeded", event("STOPPED", ("proxy", 0), ("report", None)), False),
        ("succeeded", event("DEPROVISIONING", ("report", 0), ("proxy", 0)), False),
    ],
)
def test_runs_are_counted_by_the_events_of_their_tasks(what, of, is_counted):
    graph = graph_with(job=a_job(containers=[Sidecar(name="proxy", image=IMAGE)]))
    assert counted(graph, what, of) is is_counted


def test_the_filters_read_the_record_of_the_environment_and_write_0_between_runs():
    graph = graph_with()
    filters = graph.of(aws.cloudwatch.LogMetricFilter)
    assert {one["logGroupName"] for one in filters} == {"/aws/events/ecs-test"}
    assert {one["metricTransformation"]["name"]: one["metricTransformation"]["value"] for one in filters} == {
        "StartedRuns": "1", "EndedRuns": "1", "SucceededRuns": "1",
    }  # fmt: skip
    assert {one["metricTransformation"]["defaultValue"] for one in filters} == {"0"}
    written = {(one["metricTransformation"]["namespace"], one["metricTransformation"]["name"]) for one in filters}
    read = {
        (one.namespace, one.name) for alarm in graph.of(ALARMS) for one in of_alarm(alarm) if one.namespace != "AWS/SQS"
    }
    assert read == written


def test_a_run_that_ended_otherwise_than_with_0_raises_an_alarm():
    alarm = graph_with().one(ALARMS, "report-runs-failed")
    expressions = [query["expression"] for query in alarm["metricQueries"] if "expression" in query]
    assert expressions == ["FILL(ended, 0) - FILL(succeeded, 0)"]
    assert (alarm["threshold"], alarm["comparisonOperator"]) == (1, "GreaterThanOrEqualToThreshold")


def test_no_run_for_longer_than_the_schedule_pauses_raises_an_alarm_but_not_before_the_job_was_there():
    alarm = graph_with().one(ALARMS, "report-runs-missed")
    made = int(datetime.fromisoformat("2026-11-28T03:00:00+00:00").timestamp())
    assert alarm["metricQueries"][0]["expression"] == (f"IF(EPOCH(FILL(started, 0)) < {made}, 1, FILL(started, 0))")
    assert (alarm["treatMissingData"], alarm["comparisonOperator"], alarm["threshold"]) == (
        "breaching", "LessThanThreshold", 1,
    )  # fmt: skip
    assert alarm["evaluationPeriods"] == alarm["datapointsToAlarm"] == 26  # a day, an hour of retries, some minutes
    assert alarm["metricQueries"][1]["metric"]["period"] == 3600


@pytest.mark.parametrize(
    ("changes", "watch"),
    [
        ({"schedule": "rate(5 minutes)", "retry_age_s": 60}, Watch(300, 3)),
        ({"schedule": "rate(12 hours)"}, Watch(300, 12 * 12 + 12 + 1)),
        ({"time_zone": "Europe/Berlin"}, Watch(3600, 24 + 1 + 1 + 1)),
        ({"schedule": "rate(1 day)", "time_zone": "Europe/Berlin"}, Watch(3600, 24 + 1 + 1)),
        ({"flexible_window_minutes": 120}, Watch(3600, 24 + 2 + 1 + 1)),
        ({"schedule": "rate(6 days)"}, Watch(3600, 144 + 1 + 1)),
        ({"schedule": "rate(7 days)"}, None),
        ({"schedule": "cron(0 3 1 * ? *)"}, None),
        ({"schedule": "at(2030-01-31T03:00:00)"}, None),
        ({"enabled": False}, None),
    ],
)
def test_an_alarm_looks_back_for_as_long_as_no_run_may_start_and_as_far_as_cloudwatch_can(changes, watch):
    assert a_scheduled_task(**changes).watch == watch
    assert len(graph_with(**changes).of(ALARMS)) == (2 if watch is None else 3)


def test_every_alarm_tells_the_topic_for_the_next_working_day():
    graph = graph_with()
    assert {tuple(told(graph, alarm)[1]) for alarm in graph.of(ALARMS)} == {(a_platform().ticket_topic_arn,)}


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("profile", ["development", "production"])
def test_the_policy_pack_finds_nothing(preview, profile):
    platform = a_platform(key_arn=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1")
    report = shop_report(graph_with(preview=preview, platform=platform), profile)
    assert [f"{finding.rule}: {finding.message}" for finding in report.findings] == []


# What is refused


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"schedule": "cron(0 3 * * * *)"},
            "ScheduledTaskArgs.schedule: one of day-of-month and day-of-week must be ?",
        ),
        (
            {"time_zone": "Berlin"},
            "ScheduledTaskArgs.time_zone: must be a name of the IANA database like Europe/Berlin",
        ),
        ({"flexible_window_minutes": 0}, "ScheduledTaskArgs.flexible_window_minutes: must be 1 to 1440 minutes, got 0"),
        ({"retry_attempts": 186}, "ScheduledTaskArgs.retry_attempts: must be 0 to 185, got 186"),
        ({"retry_age_s": 59}, "ScheduledTaskArgs.retry_age_s: must be 60 to 86400 s, got 59"),
        ({"job": IMAGE}, "ScheduledTaskArgs.job: must be a Job, got "),
        ({"overlap": False}, "ScheduledTaskArgs.overlap: there is no such input"),
    ],
)
def test_a_wrong_schedule_is_refused_in_a_sentence(changes, says):
    with pytest.raises(pulumi.RunError, match=f"^{re.escape(says)}"):
        a_scheduled_task(**changes)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"image": "nginx:1.27"}, "Job.image: must have a digest"),
        ({"memory_mib": 5}, "Job.memory_mib: must be 6 or more, got 5"),
        (
            {
                "volumes": {"data": EbsVolume(size_gib=10)},
                "container": Container(mounts=[Mount(volume="data", path="/data")]),
            },
            "Job.volumes: data is an EbsVolume, which ECS makes for services alone here; take a Scratch",
        ),
    ],
)
def test_a_wrong_job_is_refused_in_a_sentence(changes, says):
    with pytest.raises(pulumi.RunError, match=f"^{re.escape(says)}"):
        a_job(**changes)


@pytest.mark.parametrize("name", ["Report", "report_1", "r" * 41, 7])
def test_a_name_is_a_dns_name(name):
    with pytest.raises(pulumi.RunError, match="name: must be a DNS name: up to 40 of a-z"):
        graph_from(lambda: ScheduledTask(name, a_scheduled_task()))


def test_what_is_given_instead_of_the_args_is_refused():
    with pytest.raises(pulumi.RunError, match=r"args: must be a ScheduledTaskArgs, got Job\(.*write ScheduledTask\("):
        graph_from(lambda: ScheduledTask("report", Job(image=IMAGE)))  # type: ignore[arg-type]


def test_a_container_beside_it_cannot_have_the_jobs_name():
    with pytest.raises(pulumi.RunError, match="containers: two are called report"):
        graph_with(job=a_job(containers=[Sidecar(name="report", image=IMAGE)]))


@pytest.mark.parametrize("preview", [True, False])
def test_what_the_platform_cannot_run_stops_the_program(preview):
    with pytest.raises(pulumi.RunError, match="the platform cannot run report:\n  - cpu_units: a task of 4096 fits no"):
        graph_with(preview=preview, job=a_job(cpu_units=4096))


def test_more_containers_than_a_filter_can_name_are_refused():
    job = a_job(containers=[Sidecar(name=f"side-{place}", image=IMAGE) for place in range(9)])
    with pytest.raises(pulumi.RunError, match=f"containers: too many .* of {LONGEST_PATTERN} characters"):
        graph_with(job=job, name="r" * 40)


def test_a_service_allows_a_job_to_call_it():
    def program():
        Service("cart", a_service()).allow_from(ScheduledTask("report", a_scheduled_task()).as_caller)

    rule = graph_from(program).one(aws.vpc.SecurityGroupIngressRule)
    assert (rule["description"], rule["referencedSecurityGroupId"]) == (
        "report calls cart", "report-security-group-id",
    )  # fmt: skip
