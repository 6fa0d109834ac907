"""The tool that breaks the program on purpose finds what it breaks."""

import json
from dataclasses import MISSING, fields

import pytest

from ecs_operations import RULES
from infra.contract import Platform, output_name
from tests.support.stack_files import ROOT
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


@pytest.mark.parametrize("mutation", ALL, ids=lambda mutation: mutation.says)
def test_every_mutation_still_finds_its_places_in_the_source(mutation):
    for edit in mutation.edits:
        source = (ROOT / edit.file).read_text()
        assert edit(source) != source


def test_a_mutation_whose_place_is_gone_says_so():
    with pytest.raises(ValueError, match=r"does not hold"):
        ALL[0].edits[0]("nothing")


def test_every_mutation_names_rules():
    assert {rule for mutation in ALL for rule in mutation.rules} <= {rule.id for rule in RULES}


def test_every_rule_that_only_this_pack_has_is_among_them_where_a_preview_can_judge_it():
    own = {rule.id for rule in RULES if not rule.anchors}
    named = {rule for mutation in ALL for rule in mutation.rules}
    assert own - named == {"service-subnets-multi-az", "taskdef-fits-instance"}


def test_the_platform_that_stands_has_the_outputs_of_the_contract():
    (stack,) = json.loads(exported())["deployment"]["resources"]
    required = {output_name(field.name) for field in fields(Platform) if field.default is MISSING}
    assert stack["outputs"].keys() == {"contractVersion", "keyArn"} | required


def test_only_mandatory_rules_count():
    assert broken_rules(VIOLATIONS) == {"lt-imdsv2"}
