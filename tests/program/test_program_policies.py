"""The program keeps the rules of its own policy pack, and loses them one by one when it is detuned."""

import pulumi_aws as aws
import pytest

from ecs_operations import Level
from tests.program.pack_on_graph import broken, changed, detuned, recorded, report_of, without
from tests.support.stack_files import stacks

SAVED = {"dev": {"alb-http-redirects"}, "prod": set[str]()}
"""What a stack file does without, and its profile advises: without a domain there is no certificate, and so no TLS."""

PROFILES = {"dev": "development", "prod": "production"}


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("stack", stacks())
def test_every_stack_file_keeps_every_rule_in_its_profile(stack, preview):
    report = report_of(recorded(stack, preview=preview), PROFILES[stack])
    assert [f"{one.rule}: {one.message}" for one in report.findings if one.level == Level.MANDATORY] == []
    assert {one.rule for one in report.findings} == SAVED[stack]


def test_a_preview_judges_everything():
    """What a rule cannot judge in a preview is listed here, with the reason beside it."""
    report = report_of(recorded("prod"))
    assert [(skipped.rule, skipped.urn.rpartition("::")[2], skipped.path) for skipped in report.not_evaluated] == []


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        (without(aws.ec2.FlowLog), {"vpc-flow-logs"}),
        (without(aws.ec2.Route, "private-euc1-az2-internet"), {"vpc-nat-per-az"}),
        (changed(aws.cloudwatch.LogGroup, "-exec-logs", retentionInDays=0), {"logs-retention"}),
        (without(aws.cloudwatch.LogGroup, "-exec-logs"), {"logs-group-for-every-producer"}),
        (changed(aws.lb.Listener, "-public-https", sslPolicy="ELBSecurityPolicy-2016-08"), {"alb-tls-policy"}),
        (changed(aws.lb.LoadBalancer, enableDeletionProtection=False), {"alb-deletion-protection"}),
        (without(aws.cloudwatch.MetricAlarm, "-public-errors"), {"alarms-required-set"}),
        (changed(aws.Provider, defaultTags='{"tags": {}}'), {"required-tags"}),
    ],
)
def test_a_rule_notices_when_the_program_is_detuned(change, rules):
    assert broken(report_of(detuned(recorded("prod"), change))) == rules
