from __future__ import annotations

import dataclasses

import pytest

from ecs_operations import RULES, Rule
from tests.policies.cases.all_cases import CASES
from tests.policies.cases.build import Case, complaint

BY_ID = {rule.id: rule for rule in RULES}
KINDS = ("good", "bad", "unknown", "not applicable")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_says_of_a_case_what_the_case_expects(case: Case):
    assert complaint(case, BY_ID[case.rule]) == ""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_a_case_of_every_kind(rule: Rule, kind: str):
    assert any(case.rule == rule.id and case.kind == kind for case in CASES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_without_its_body_fails_every_bad_case(rule: Rule):
    empty = dataclasses.replace(rule, check=lambda *_: iter(()))
    bad = [case for case in CASES if case.rule == rule.id and case.kind == "bad"]
    assert [str(case) for case in bad if not complaint(case, empty)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_bad_case_of_a_rule_is_cured_by_what_its_good_cases_have(rule: Rule):
    """A rule that always complains would pass its bad cases; its good ones hold the same types and no finding."""
    of_rule = [case for case in CASES if case.rule == rule.id]
    seen = {kind: {r.type for case in of_rule if case.kind == kind for r in case.resources} for kind in ("good", "bad")}
    judged = set(rule.types)
    assert seen["bad"] & judged <= seen["good"] & judged


def test_every_case_belongs_to_a_rule_and_has_its_own_title():
    names = [str(case) for case in CASES]
    assert {case.rule for case in CASES} <= set(BY_ID)
    assert sorted(names) == sorted(set(names))
