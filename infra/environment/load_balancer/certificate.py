"""The certificate of the environment's domain: issued, validated and renewed by ACM."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ...common.certificate import renewal_alarm, validation_record
from ..monitoring import AlarmTopics


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    """The domain, and where its ownership is proved."""

    domain: str
    """The certificate is for the domain and for its direct subdomains."""
    alarm_topics: AlarmTopics
    hosted_zone_id: str
    """The public Route 53 zone of the domain's records."""


class Certificate(pulumi.ComponentResource):
    """An ACM certificate that is validated by a record in Route 53. ACM renews it while the record is there."""

    arn: pulumi.Output[str]
    """Known when the certificate is issued: a listener cannot use one that is pending."""

    def __init__(self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:Certificate", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        certificate = aws.acm.Certificate(
            f"{name}-request",
            domain_name=args.domain,
            subject_alternative_names=[f"*.{args.domain}"],
            validation_method="DNS",
            opts=child_opts,
        )
        record = validation_record(f"{name}-validation-record", certificate, args.hosted_zone_id, child_opts)
        issued = aws.acm.CertificateValidation(
            f"{name}-validation",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn],
            opts=child_opts,
        )
        self.arn = issued.certificate_arn
        args.alarm_topics.alarm(f"{name}-renewal", renewal_alarm(args.domain, certificate.arn), self)
        self.register_outputs({"arn": self.arn})
