"""Schedules that EventBridge Scheduler takes, and beside each one that it refuses."""

from __future__ import annotations

CREATE = ("scheduler", "CreateSchedule")
CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/a"
DEFINITION = "arn:aws:ecs:eu-west-1:123456789012:task-definition/a"


def expression(text):
    return {"ScheduleExpression": text}


def window(**changes):
    return {"FlexibleTimeWindow": changes}


def target(arn, **changes):
    return {"Target": {"Arn": arn, "RoleArn": "arn", **changes}}


def task(**changes):
    return target(CLUSTER, EcsParameters={"TaskDefinitionArn": DEFINITION}, **changes)


def universal(action, text="{}"):
    return target(f"arn:aws:scheduler:::aws-sdk:{action}", Input=text)


CASES = [
    *(
        (CREATE, expression(right), expression(wrong))
        for right, wrong in (
            ("at(2030-01-01T00:00:00)", "at(2030-01-01)"),
            ("at(2028-02-29T00:00:00)", "at(2030-02-29T00:00:00)"),
            ("rate(1 minutes)", "rate(0 minutes)"),
            ("rate(5 hours)", "rate(5 seconds)"),
            ("cron(0 3 * * ? *)", "cron(0 3 * * * *)"),
            ("cron(0/15 8-18 ? * MON-FRI 2030)", "cron(0/15 8-18 ? * MON-FRI)"),
            ("cron(59 23 L JAN,DEC ? *)", "cron(60 23 L JAN,DEC ? *)"),
            ("cron(0 0 ? * 6#3 *)", "cron(0 0 ? * 6#6 *)"),
            ("cron(0 0 15W * ? *)", "cron(0 0 32W * ? *)"),
        )
    ),
    (CREATE, {"ScheduleExpressionTimezone": "Europe/Berlin"}, {"ScheduleExpressionTimezone": "Berlin"}),
    (CREATE, window(Mode="FLEXIBLE", MaximumWindowInMinutes=5), window(Mode="FLEXIBLE")),
    (CREATE, window(Mode="OFF"), window(Mode="OFF", MaximumWindowInMinutes=5)),
    (CREATE, task(), target(CLUSTER)),
    (CREATE, task(), target("arn:aws:lambda:a:1:function:f", EcsParameters={"TaskDefinitionArn": DEFINITION})),
    (
        CREATE,
        target("arn:aws:sqs:a:1:q.fifo", SqsParameters={"MessageGroupId": "a"}),
        target("arn:aws:sqs:a:1:q.fifo"),
    ),
    (CREATE, task(), target(CLUSTER, EcsParameters={"TaskDefinitionArn": "a:1"})),
    (CREATE, task(Input='{"containerOverrides": []}'), task(Input="hello")),
    (CREATE, universal("ecs:runTask"), universal("ecs:RunTask")),
    (CREATE, universal("ecs:runTask"), universal("ecs:listTasks")),
    (CREATE, universal("ecs:runTask"), universal("ecs:runTask", "[]")),
    (CREATE, {"StartDate": 1, "EndDate": 2}, {"StartDate": 2, "EndDate": 2}),
]
