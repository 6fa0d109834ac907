from __future__ import annotations

import dataclasses

import pytest

from ecs_operations import RULES
from ecs_operations.engine.registry import Rule, checked, unique


def changed(**fields) -> Rule:
    return dataclasses.replace(RULES[0], **fields)


@pytest.mark.parametrize("name", ["summary", "why", "fix", "source", "types"])
def test_a_rule_that_does_not_explain_itself_is_refused(name):
    empty = () if name == "types" else ""
    with pytest.raises(ValueError, match=f"{name} is missing"):
        checked(changed(**{name: empty}))


@pytest.mark.parametrize("name", ["retention", "Logs-Retention", "logs_retention", "logs-"])
def test_an_id_is_words_in_kebab_case(name):
    with pytest.raises(ValueError, match="kebab-case"):
        checked(changed(id=name))


def test_a_type_that_no_token_names_is_refused():
    with pytest.raises(ValueError, match="aws:iam/rolepolicy:RolePolicy"):
        checked(changed(types=("aws:iam/rolepolicy:RolePolicy",)))


def test_a_setting_is_given_once():
    setting = next(rule for rule in RULES if rule.settings).settings[0]
    with pytest.raises(ValueError, match="given twice"):
        checked(changed(settings=(setting, setting)))


def test_two_rules_do_not_share_an_id():
    with pytest.raises(ValueError, match="two rules have this id"):
        unique([RULES[0], RULES[1], RULES[0]])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_written_in_whole_sentences(rule: Rule):
    assert rule.summary.endswith(".")
    assert rule.fix.endswith(".")
    assert rule.why.endswith((".", "!"))
    assert [setting.name for setting in rule.settings if not setting.description.endswith(".")] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_number_that_can_be_set_has_a_range(rule: Rule):
    numbers = [s for s in rule.settings if isinstance(s.default, (int, float)) and not isinstance(s.default, bool)]
    assert [setting.name for setting in numbers if setting.minimum is None or setting.maximum is None] == []
