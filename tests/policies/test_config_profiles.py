from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ecs_operations import RULES
from ecs_operations.engine.configuration import LEVEL, NOT_JUDGED, merged, mistakes, schema
from ecs_operations.engine.exemptions import EXEMPT, listed
from ecs_operations.engine.registry import Severity

FOLDER = Path(__file__).parents[2] / "policies" / "config"
PROFILES = sorted(FOLDER.glob("*.json"))
BY_ID = {rule.id: rule for rule in RULES}
LEVELS = {"advisory", "mandatory", "disabled"}


def entries(profile: Path) -> dict[str, dict[str, Any]]:
    read = json.loads(profile.read_text())
    return {rule: {LEVEL: given} if isinstance(given, str) else given for rule, given in read.items()}


def test_there_is_a_profile_for_development_and_one_for_production():
    assert [profile.stem for profile in PROFILES] == ["development", "production"]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda path: path.stem)
def test_a_profile_names_rules_levels_and_settings_that_exist(profile: Path):
    given = entries(profile)
    assert set(given) <= set(BY_ID)
    assert [fault for rule, values in given.items() for fault in mistakes(BY_ID[rule], values)] == []
    assert {values[LEVEL] for values in given.values() if LEVEL in values} <= LEVELS


def test_production_disables_no_rule_and_exempts_with_reasons():
    given = entries(FOLDER / "production.json")
    assert [rule for rule, values in given.items() if values.get(LEVEL) == "disabled"] == []
    assert [entry for values in given.values() for entry in listed(values) if not entry.reason] == []


def test_production_wants_the_critical_rules_to_judge_everything():
    given = entries(FOLDER / "production.json")
    critical = {rule.id for rule in RULES if rule.severity is Severity.CRITICAL}
    assert critical
    assert {rule for rule, values in given.items() if values.get(NOT_JUDGED) == "mandatory"} == critical


def test_production_is_never_more_lenient_than_the_defaults():
    for rule, values in entries(FOLDER / "production.json").items():
        for setting in BY_ID[rule].settings:
            if setting.minimum is not None and setting.name.startswith("minimum"):
                assert values.get(setting.name, setting.default) >= setting.default
            if setting.name.startswith("maximum"):
                assert values.get(setting.name, setting.default) <= setting.default


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_default_of_every_setting_is_in_its_own_range(rule):
    assert list(mistakes(rule, merged(rule, None))) == []
    assert EXEMPT in schema(rule)


def test_a_wrong_setting_is_named_and_its_default_is_used():
    rule = BY_ID["logs-retention"]
    assert list(mistakes(rule, {"minimumDay": 3})) == [
        (
            "logs-retention.minimumDay: there is no such setting; did you mean minimumDays? "
            "The settings are exempt, minimumDays, notJudged"
        )
    ]
    wanted = "must be an integer of at least 1 and at most 3653"
    for given in (0, 9999, True, "7"):
        assert list(mistakes(rule, {"minimumDays": given})) == [f"logs-retention.minimumDays: got {given!r}, {wanted}"]
    assert merged(rule, {"minimumDays": 0}) == {"minimumDays": 1}
    assert merged(rule, {"minimumDays": 7.0}) == {"minimumDays": 7}
