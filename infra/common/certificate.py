"""What certificates of ACM have in common: the record that validates one, and the alarm when it is not renewed."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

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


def validation_record(
    name: str, certificate: aws.acm.Certificate, hosted_zone_id: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> aws.route53.Record:
    """The record by which ACM sees whose domain it is; a domain and its wildcard have one and the same."""
    option = certificate.domain_validation_options[0]
    return aws.route53.Record(
        name,
        zone_id=hosted_zone_id,
        name=option.resource_record_name,
        type=option.resource_record_type,
        records=[option.resource_record_value],
        ttl=60,
        allow_overwrite=True,  # a replaced certificate of the same domain is validated by the same record
        opts=opts,
    )
