"""CloudWatch alarms as the program declares them, judged on what the controllers published in the world.

An alarm looks at whole periods that end now; a period without data is what `treatMissingData` says, also before the
first data point (CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data"). What AWS itself
measures is not there in this world, as on AWS while nothing fails.
"""

from datetime import timedelta

STATISTICS = {"Sum": sum, "Minimum": min, "Maximum": max, "SampleCount": len, "Average": lambda v: sum(v) / len(v)}


def rings(alarm, samples, now):
    """Whether it is in ALARM; `samples` by metric and the value of the dimension beside the cluster's."""
    dimensions = dict(alarm["dimensions"])
    key = (alarm["metricName"], dimensions.get("Service", dimensions.get("Controller")))
    found = samples.get(key, ()) if alarm["namespace"].startswith("EcsPlatform/") else ()
    period = timedelta(seconds=alarm["period"])
    ends = [now - number * period for number in range(int(alarm["evaluationPeriods"]))]
    bad = sum(_breaches(alarm, [v for at, v in found if end - period < at <= end]) for end in ends)
    return bad >= alarm["datapointsToAlarm"]


def _breaches(alarm, values):
    if not values:
        return alarm["treatMissingData"] == "breaching"
    value = STATISTICS[alarm["statistic"]](values)
    if alarm["comparisonOperator"] == "LessThanThreshold":
        return value < alarm["threshold"]
    return value >= alarm["threshold"]
