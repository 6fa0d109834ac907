"""What both kinds of Auto Scaling take, and beside each request one that it refuses."""

from __future__ import annotations

ACTION = ("application-autoscaling", "PutScheduledAction")
POLICY = ("application-autoscaling", "PutScalingPolicy")
REFRESH = ("autoscaling", "StartInstanceRefresh")


def sized(**sizes):
    return {"ScalableTargetAction": {"MaxCapacity": 4, **sizes}}


def tracking(**settings):
    return {"TargetTrackingScalingPolicyConfiguration": {"TargetValue": 1, **settings}}


def preferring(**preferences):
    return {"Preferences": preferences}


def custom(**settings):
    return tracking(CustomizedMetricSpecification=settings)


def metrics(*returned):
    return custom(Metrics=[{"Id": f"m{n}", "ReturnData": each} for n, each in enumerate(returned)])


def steps(*bounds):
    names = ("MetricIntervalLowerBound", "MetricIntervalUpperBound")
    adjusted = [{name: end for name, end in zip(names, each, strict=True) if end is not None} for each in bounds]
    return {"StepScalingPolicyConfiguration": {"StepAdjustments": adjusted}}


PLAIN = {"MetricName": "a", "Namespace": "b", "Statistic": "Average"}
USAGE = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}

CASES = [
    (ACTION, {**sized(), "Schedule": "cron(0 20 * * ? *)"}, {**sized(), "Schedule": "cron(0 20 * * *)"}),
    (ACTION, {**sized(), "Timezone": "Europe/Berlin"}, {**sized(), "Timezone": "Berlin"}),
    (ACTION, sized(MinCapacity=0), {"ScalableTargetAction": {}}),
    (ACTION, sized(MinCapacity=4), sized(MinCapacity=5)),
    (POLICY, tracking(PredefinedMetricSpecification=USAGE), tracking()),
    (POLICY, custom(**PLAIN), custom(**PLAIN, Metrics=[{"Id": "a"}])),
    (POLICY, metrics(False, True), metrics(True, True)),
    (POLICY, metrics(False, True), metrics(False, False)),
    (POLICY, steps((0, 10), (10, None)), steps((0, 10), (5, None))),
    (POLICY, steps((0, 10), (10, None)), steps((0, 10), (11, None))),
    (POLICY, steps((None, 0)), steps((10, 0))),
    (REFRESH, preferring(CheckpointPercentages=[1, 100]), preferring(CheckpointPercentages=[100, 1])),
    (REFRESH, preferring(CheckpointPercentages=[1, 2, 100]), preferring(CheckpointPercentages=[1, 1, 100])),
    (REFRESH, preferring(CheckpointPercentages=[100], CheckpointDelay=0), preferring(CheckpointDelay=0)),
]
