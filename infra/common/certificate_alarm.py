"""The alarm on a certificate that ACM should have renewed."""

from __future__ import annotations

import pulumi

from .alarms import Alarm
from .measures import Metric

RENEWED_BEFORE_DAYS = 30
"""Days to a certificate's end at which ACM has renewed it: it begins 60 days before (ACM user guide, "Managed
certificate renewal"), or 45 with the shorter certificates of 2026, so a fortnight has failed."""


def renewal_alarm(domain: str, arn: pulumi.Input[str]) -> Alarm:
    """An alarm on a certificate that ACM cannot renew. ACM measures twice a day (its user guide, metrics)."""
    return Alarm(
        summary=f"The certificate of {domain} ends in less than {RENEWED_BEFORE_DAYS} days and is not renewed.",
        runbook="a-certificate-is-not-renewed",
        measure=Metric(
            namespace="AWS/CertificateManager",
            name="DaysToExpiry",
            dimensions={"CertificateArn": arn},
            statistic="Minimum",
        ),
        comparison="LessThanThreshold",
        threshold=RENEWED_BEFORE_DAYS,
        period_s=86_400,
    )
