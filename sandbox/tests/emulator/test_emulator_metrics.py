"""Metrics: those of a call and those that a function puts can be read together."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
from moto import mock_aws

from sandbox.emulator import Emulator, Settings
from sandbox.emulator.metrics import keep

REGION = "eu-central-1"


def query(number, namespace, metric, dimension):
    name, value = dimension
    wanted = {"Namespace": namespace, "MetricName": metric, "Dimensions": [{"Name": name, "Value": value}]}
    return {"Id": f"q{number}", "MetricStat": {"Metric": wanted, "Period": 60, "Stat": "Sum"}}


def test_what_lambda_counts_and_what_a_function_puts_are_read_in_one_call():
    with mock_aws(), Emulator(Settings()):
        cloudwatch = boto3.client("cloudwatch", region_name=REGION)
        datum = {"MetricName": "Mine", "Value": 3, "Dimensions": [{"Name": "Cluster", "Value": "dev"}]}
        cloudwatch.put_metric_data(Namespace="Ours", MetricData=[datum])
        keep(SimpleNamespace(account_id="123456789012", region=REGION, function_name="f"), (), failed=True)
        now = datetime.now(UTC)
        found = cloudwatch.get_metric_data(
            MetricDataQueries=[
                query(1, "Ours", "Mine", ("Cluster", "dev")),
                query(2, "AWS/Lambda", "Errors", ("FunctionName", "f")),
            ],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(minutes=2),
        )["MetricDataResults"]
    assert [sum(each["Values"]) for each in found] == [3, 1]
