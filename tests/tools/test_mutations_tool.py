"""The tool that breaks the program on purpose finds what it breaks."""

import json
from dataclasses import MISSING, fields

import pytest

from ecs_operations import RULES
from infra.contract import Platform, output_name
from tests.support.stack_files import ROOT
from tools.graph_changes import without
from tools.mutation import Edit, batches, mutation
from tools.mutation_list import OF_THE_PLATFORM, OF_THE_SHOP
from tools.mutations import broken_rules
from tools.standing_platform import exported

ALL = (*OF_THE_PLATFORM, *OF_THE_SHOP)

VIOLATIONS = """
Policy Violations:
    [advisory]  ecs-operations v0.1.0  lambda-tracing (aws:lambda/function:Function: f)
    f: is not traced

    [mandatory]  ecs-operations v0.1.0  lt-imdsv2 (aws:ec2/launchTemplate:LaunchTemplate: t)
    t: answers metadata requests without a session token
"""
VIOLATIONS_TODAY = """
Policies:
    \N{CROSS MARK} ecs-operations@v0.1.0 (local: policies)
        - [advisory]  [severity: low]  lambda-tracing  (aws:lambda/function:Function: f)
          A function is traced.
          f: is not traced
        - [mandatory] [severity: high]  lt-imdsv2  (aws:ec2/launchTemplate:LaunchTemplate: t)
          Instances answer metadata requests only with a session token, and only to themselves.
        - [mandatory]  kms-rotation  (aws:kms/key:Key: k)
"""


@pytest.mark.parametrize("mutation", [one for one in ALL if one.edits], ids=lambda mutation: mutation.says)
def test_every_mutation_still_finds_its_places_in_the_source(mutation):
    for edit in mutation.edits:
        source = (ROOT / edit.file).read_text()
        assert edit(source) != source


def test_a_mutation_whose_place_is_gone_says_so():
    with pytest.raises(ValueError, match=r"a.py does not hold 'b'"):
        Edit("a.py", "b")("nothing")


def test_every_mutation_names_rules_and_has_a_name_of_its_own():
    assert {rule for mutation in ALL for rule in mutation.rules} <= {rule.id for rule in RULES}
    for mutations in (OF_THE_PLATFORM, OF_THE_SHOP):
        assert len({mutation.says for mutation in mutations}) == len(mutations)
    assert [mutation.says for mutation in ALL if not (mutation.changes or mutation.edits)] == []


def test_a_change_that_finds_nothing_to_change_says_so():
    with pytest.raises(ValueError, match="there is no a whose name ends in 'b'"):
        without("a", "b")([])


def test_mutations_are_made_at_once_unless_they_share_a_rule_or_one_hides_what_another_breaks():
    no_hook, slow = mutation("a", "asg-termination-hook", hides="drain"), mutation("b", "drain-time-budget")
    one, again = mutation("c", "asg-min-capacity"), mutation("d", "asg-min-capacity")
    apart = mutation("e", "alb-multi-az")
    assert batches([no_hook, slow, one, again, apart]) == [[no_hook, one, apart], [slow, again]]
    here, there = mutation("f", "lt-imdsv2", Edit("a.py", "b=1")), mutation("g", "kms-rotation", Edit("a.py", "b="))
    elsewhere = mutation("h", "alb-hygiene", Edit("c.py", "b="))
    assert batches([here, there, elsewhere]) == [[here, elsewhere], [there]]


def test_every_rule_that_only_this_pack_has_is_among_them_where_a_preview_can_judge_it():
    own = {rule.id for rule in RULES if not rule.anchors}
    named = {rule for mutation in ALL if mutation.edits for rule in mutation.rules}
    # No service of the example shifts traffic: tests/program/test_services_under_the_pack.py has one that does.
    assert own - named == {"service-subnets-multi-az", "taskdef-fits-instance", "service-deployment-weights"}


def test_the_platform_that_stands_has_the_outputs_of_the_contract():
    (stack,) = json.loads(exported())["deployment"]["resources"]
    required = {output_name(field.name) for field in fields(Platform) if field.default is MISSING}
    told = {"ticketTopicArn", "atMaximumAlarmArn", "runbookUrl"}
    assert stack["outputs"].keys() == {"contractVersion", "keyArn"} | told | required


def test_only_mandatory_rules_count():
    assert broken_rules(VIOLATIONS) == {"lt-imdsv2"}
    assert broken_rules(VIOLATIONS_TODAY) == {"lt-imdsv2", "kms-rotation"}
