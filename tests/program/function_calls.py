"""What Lambda itself calls with a function's role: logs, traces, and the destination of failed calls."""

from tests.support.builders import LOCATION
from tests.support.iam_evaluator import Call


def of_lambda(function: str, queue: str) -> list[Call]:
    """The calls for one function whose failed asynchronous calls go to a queue.

    Sources: Lambda developer guide, "Defining Lambda function permissions with an execution role", "Capturing records
    of asynchronous invocations", "Visualize Lambda function invocations using AWS X-Ray".
    """
    stream = LOCATION.log_group_arn(f"/aws/lambda/{function}") + ":log-stream:1"
    return [
        Call(action="logs:CreateLogStream", resource=stream),
        Call(action="logs:PutLogEvents", resource=stream),
        Call(action="xray:PutTraceSegments"),
        Call(action="xray:PutTelemetryRecords"),
        Call(action="sqs:SendMessage", resource=LOCATION.arn("sqs", queue)),
    ]
