"""The tool that breaks the program on purpose finds what it breaks."""

import pytest

from ecs_operations.rules import RULES
from tests.stack_files import ROOT
from tools.mutations import MUTATIONS, broken_rules

VIOLATIONS = """
Policy Violations:
    [advisory]  ecs-operations v1.0.0  lambda-tracing (aws:lambda/function:Function: f)
    f: is not traced

    [mandatory]  ecs-operations v1.0.0  lt-imdsv2 (aws:ec2/launchTemplate:LaunchTemplate: t)
    t: answers metadata requests without a session token
"""


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.rule)
def test_every_mutation_still_finds_its_place_in_the_source(mutation):
    source = (ROOT / mutation.file).read_text()
    assert mutation(source) != source


def test_a_mutation_whose_place_is_gone_says_so():
    with pytest.raises(ValueError, match=r"does not hold"):
        MUTATIONS[0]("nothing")


def test_every_mutation_names_a_rule():
    assert {mutation.rule for mutation in MUTATIONS} <= {rule.id for rule in RULES}


def test_only_mandatory_rules_count():
    assert broken_rules(VIOLATIONS) == {"lt-imdsv2"}
