"""The account's quotas: watched are those that the instances and the load balancer count against."""

import pulumi_aws as aws
import pytest

from infra.environment.quotas import Quotas, QuotasArgs, class_of
from tests.support.builders import alarm_topics
from tests.support.graph import graph_of


def alarms(types=("m7g.large",), *, on_demand=True, spot=False, percent=110):
    """Name → the alarm."""

    def program():
        inputs = {"instance_types": types, "on_demand": on_demand, "spot": spot, "max_healthy_percent": percent}
        Quotas("quotas", QuotasArgs(alarm_topics=alarm_topics(), **inputs))

    found = graph_of(program).of(aws.cloudwatch.MetricAlarm)
    return {each.name.removeprefix("quotas-"): each for each in found if each.name.startswith("quotas-")}


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, {"standard-ondemand"}),
        ({"on_demand": False, "spot": True}, {"standard-spot"}),
        ({"spot": True}, {"standard-ondemand", "standard-spot"}),
        ({"types": ("m7g.large", "g5g.xlarge", "c7g.large")}, {"standard-ondemand", "g-ondemand"}),
    ],
)
def test_each_class_of_instances_that_may_be_bought_has_an_alarm(given, names):
    assert alarms(**given).keys() == names | {"routing-rules", "target-groups"}


@pytest.mark.parametrize(("percent", "used"), [(101, 80), (110, 80), (125, 80), (150, 66), (200, 50)])
def test_what_is_left_is_enough_for_a_rollout(percent, used):
    found = {name: each["threshold"] for name, each in alarms(percent=percent).items()}
    assert found == {"standard-ondemand": used, "routing-rules": 80, "target-groups": 80}


def test_the_use_is_judged_by_what_the_account_is_allowed():
    alarm = alarms()["standard-ondemand"]
    computed, used = sorted(alarm["metricQueries"], key=lambda each: "metric" in each)
    assert (computed["expression"], computed["returnData"]) == ("100 * used / SERVICE_QUOTA(used)", True)
    assert used["id"] == "used"
    assert used["metric"] == {
        "namespace": "AWS/Usage",
        "metricName": "ResourceCount",
        "dimensions": {"Service": "EC2", "Resource": "vCPU", "Type": "Resource", "Class": "Standard/OnDemand"},
        "period": 300,
        "stat": "Maximum",
    }
    assert (alarm["threshold"], alarm["treatMissingData"]) == (80, "notBreaching")


@pytest.mark.parametrize(
    ("kind", "quota"),
    [
        ("m7g.large", "Standard"),
        ("t4g.micro", "Standard"),
        ("g5g.xlarge", "G"),
        ("vt1.3xlarge", "G"),
        ("p5.48xlarge", "P"),
        ("inf2.xlarge", "Inf"),
        ("trn1.2xlarge", "Trn"),
        ("u-6tb1.metal", "Standard"),
    ],
)
def test_a_type_counts_against_the_quota_of_its_class(kind, quota):
    assert class_of(kind) == quota
