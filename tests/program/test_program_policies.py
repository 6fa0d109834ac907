"""The program keeps the rules of its own policy pack."""

import pytest

from ecs_operations import Level
from tests.program.pack_on_graph import recorded, report_of, resources
from tests.support.stack_files import stacks

SAVED = {"dev": {"alb-http-redirects"}, "prod": set[str]()}
"""What a stack file does without, and its profile advises: without a domain there is no certificate, and so no TLS."""

PROFILES = {"dev": "development", "prod": "production"}


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("stack", stacks())
def test_every_stack_file_keeps_every_rule_in_its_profile(stack, preview):
    report = report_of(resources(recorded(stack, preview=preview)), PROFILES[stack])
    assert [f"{one.rule}: {one.message}" for one in report.findings if one.level == Level.MANDATORY] == []
    assert {one.rule for one in report.findings} == SAVED[stack]


def test_a_preview_judges_everything():
    """What a rule cannot judge in a preview is listed here, with the reason beside it."""
    report = report_of(resources(recorded("prod")))
    assert [(skipped.rule, skipped.urn.rpartition("::")[2], skipped.path) for skipped in report.not_evaluated] == []
