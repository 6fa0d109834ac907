"""The certificate of the environment's domain: issued, validated and renewed without anybody's hand."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    """Inputs of Certificate."""

    domain: str
    """The certificate is for the domain and for all names directly below it."""
    hosted_zone_id: str
    """The public Route 53 zone that the domain's records stand in."""


class Certificate(pulumi.ComponentResource):
    """An ACM certificate with its proof of ownership in Route 53. ACM renews it while the proof stands."""

    arn: pulumi.Output[str]
    """Known when the certificate is issued: a listener cannot use one that is pending."""

    def __init__(self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the request, the proof and the wait for the issue."""
        super().__init__("ecs-platform:index:Certificate", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        certificate = aws.acm.Certificate(
            f"{name}-request",
            domain_name=args.domain,
            subject_alternative_names=[f"*.{args.domain}"],
            validation_method="DNS",
            opts=child_opts,
        )
        # A domain and the names below it are proved by one and the same record.
        proof = certificate.domain_validation_options[0]
        record = aws.route53.Record(
            f"{name}-proof",
            zone_id=args.hosted_zone_id,
            name=proof.resource_record_name,
            type=proof.resource_record_type,
            records=[proof.resource_record_value],
            ttl=60,
            allow_overwrite=True,  # a replaced certificate of the same domain is proved by the same record
            opts=child_opts,
        )
        issued = aws.acm.CertificateValidation(
            f"{name}-issued",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn],
            opts=child_opts,
        )
        self.arn = issued.certificate_arn
        self.register_outputs({"arn": self.arn})
