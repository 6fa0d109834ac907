"""A further domain at the platform's load balancer, with its certificate beside that of the platform's own."""

from __future__ import annotations

import re
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from ..common.alarms import alarm_to
from ..common.args import inputs, refused
from ..common.certificate import renewal_alarm, validation_record
from ..common.inputs import instance_problem
from ..contract import Platform
from .service_name import name_problem

_DOMAIN: Final = re.compile(r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}\Z")
LONGEST_DOMAIN: Final = 64
"""Characters of the first name of a certificate (ACM API, RequestCertificate)."""


@inputs
class DomainArgs:
    """The domain, and where it is proved that it is yours."""

    platform: Platform
    """One that has a domain of its own, and so speaks HTTPS."""
    domain: str
    """`shop.example.org`: it and the names directly below it, as a wildcard covers one label."""
    hosted_zone_id: pulumi.Input[str] | None = None
    """The public Route 53 zone of the domain, in this account: records for certificate and load balancer are made
    there. By default none, and `up` says which record has to be made elsewhere, and waits for it."""
    certificate_arn: pulumi.Input[str] | None = None
    """A certificate that is issued, of this Region; who made it sees to its renewal. By default one is requested."""

    def problem(self) -> str | None:
        """What ACM does not take."""
        if _DOMAIN.match(self.domain) and len(self.domain) <= LONGEST_DOMAIN:
            return None
        return (
            f"domain: must be a domain name in lower case of up to {LONGEST_DOMAIN} characters, without '*.', got "
            f"{self.domain!r}"
        )


class Domain(pulumi.ComponentResource):
    """A certificate that the platform's HTTPS listener shows to clients that ask for the domain (SNI).

    Services take hosts of it with `ServiceArgs(domains=[it.domain])`. A load balancer has 25 certificates beside its
    own (Application Load Balancers, "Quotas").
    """

    domain: str
    certificate_arn: pulumi.Output[str]
    """Known when the certificate is issued."""
    validation_record: pulumi.Output[dict[str, str]] | None
    """`name`, `type` and `value` of the record by which ACM issues and renews the certificate; None of one's own."""
    listener_certificate: aws.lb.ListenerCertificate

    def __init__(self, name: str, args: DomainArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Raises pulumi.RunError for a name that is no DNS name, and for args of another class."""
        if problem := name_problem(name):
            raise refused(problem)
        if problem := instance_problem("args", args, DomainArgs):
            raise refused(f"{name}: {problem}; write Domain({name!r}, DomainArgs(...))")
        super().__init__("ecs-platform:index:Domain", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        self.domain, self.validation_record = args.domain, None
        given = args.certificate_arn
        self.certificate_arn = self._requested() if given is None else pulumi.Output.from_input(given)
        self.listener_certificate = aws.lb.ListenerCertificate(
            f"{name}-listener-certificate",
            listener_arn=pulumi.Output.from_input(args.platform.https_listener_arn).apply(self._https_listener),
            certificate_arn=self.certificate_arn,
            opts=self._child_opts,
        )
        if args.hosted_zone_id is not None:
            self._records(args.hosted_zone_id)
        self.register_outputs({"certificate_arn": self.certificate_arn, "validation_record": self.validation_record})

    def _https_listener(self, arn: str | None) -> str:
        if arn is None:
            raise pulumi.RunError(
                f"{self._name}: the platform has no domain and so no HTTPS listener, which shows certificates; give it "
                "one first"
            )
        return arn

    def _requested(self) -> pulumi.Output[str]:
        args = self._args
        certificate = aws.acm.Certificate(
            f"{self._name}-certificate",
            domain_name=args.domain,
            subject_alternative_names=[f"*.{args.domain}"],
            validation_method="DNS",
            tags={"Name": args.domain},
            opts=self._child_opts,
        )
        # A domain and its wildcard are validated by one and the same record.
        option = certificate.domain_validation_options[0]
        self.validation_record = pulumi.Output.all(
            name=option.resource_record_name, type=option.resource_record_type, value=option.resource_record_value
        )
        records: list[pulumi.Output[str]] = []
        waits_for: pulumi.Input[str] = certificate.arn
        if args.hosted_zone_id is not None:
            record = validation_record(
                f"{self._name}-validation-record", certificate, args.hosted_zone_id, self._child_opts
            )
            records = [record.fqdn]
        else:
            # Said before the wait: outputs of a stack are shown when it is over.
            waits_for = pulumi.Output.all(certificate.arn, self.validation_record).apply(self._say)
        issued = aws.acm.CertificateValidation(
            f"{self._name}-validation",
            certificate_arn=waits_for,
            validation_record_fqdns=records or None,
            opts=self._child_opts,
        )
        alarm = renewal_alarm(args.domain, certificate.arn)
        alarm_to(args.platform.notified, f"{self._name}-renewal", alarm, self)
        return issued.certificate_arn

    def _say(self, known: Any) -> str:
        arn, record = known
        pulumi.log.info(
            f"{self._args.domain}: ACM issues the certificate when there is {record['name']} {record['type']} "
            f"{record['value']}; keep the record, by which it is renewed",
            self,
        )
        return arn

    def _records(self, hosted_zone_id: pulumi.Input[str]) -> None:
        platform, domain = self._args.platform, self._args.domain
        balancer = aws.route53.RecordAliasArgs(
            name=platform.load_balancer_dns_name, zone_id=platform.load_balancer_zone_id, evaluate_target_health=True
        )
        for role, record_name in {"domain": domain, "wildcard": f"*.{domain}"}.items():
            aws.route53.Record(
                f"{self._name}-{role}",
                zone_id=hosted_zone_id,
                name=record_name,
                type="A",
                aliases=[balancer],
                opts=pulumi.ResourceOptions(parent=self, depends_on=[self.listener_certificate]),
            )
