from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from ecs_operations import RULES, Skipped, evaluate
from ecs_operations.engine.configuration import PACK_CONFIGURATION, malformed, mistakes
from ecs_operations.engine.exemptions import Exemption, listed
from ecs_operations.engine.registry import Level, NotEvaluated, Setting, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN

RETENTION = next(rule for rule in RULES if rule.id == "logs-retention")
TODAY = date(2030, 6, 1)


def logs(name: str, days: object = 0) -> Resource:
    return Resource(
        type=tokens.LOG_GROUP, name=name, urn=f"urn:pulumi:t::p::{tokens.LOG_GROUP}::{name}",
        inputs={"retentionInDays": days},
    )  # fmt: skip


def run(*resources: Resource, rule=RETENTION, **settings):
    return evaluate(resources, {rule.id: settings} if settings else {}, rules=(rule,), today=TODAY)


def test_findings_come_in_the_order_of_rules_and_urns_whatever_the_order_of_resources():
    forwards = evaluate([logs("a"), logs("b")], today=TODAY)
    backwards = evaluate([logs("b"), logs("a")], today=TODAY)
    assert forwards == backwards
    assert [finding.message.partition(":")[0] for finding in run(logs("b"), logs("a")).findings] == ["a", "b"]


def test_a_level_of_the_configuration_replaces_that_of_the_rule():
    (found,) = run(logs("a"), enforcementLevel="advisory").findings
    assert (RETENTION.level, found.level) == (Level.MANDATORY, Level.ADVISORY)
    assert evaluate([logs("a")], {RETENTION.id: "disabled"}, rules=(RETENTION,)).findings == ()
    assert run(logs("a"), enforcementLevel="disabled").findings == ()


def test_a_level_for_all_rules_gives_way_to_that_of_one():
    def level(**settings) -> list[str]:
        return [one.level.value for one in evaluate([logs("a")], settings, rules=(RETENTION,)).findings]

    assert level(all="advisory") == ["advisory"]
    assert level(all={"enforcementLevel": "disabled"}) == []
    assert level(all="advisory", **{RETENTION.id: "mandatory"}) == ["mandatory"]
    assert level(all="advisory", **{RETENTION.id: {"minimumDays": 7}}) == ["advisory"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("log-retention", "there is no rule log-retention; did you mean logs-retention?"),
        ("xyz", "there is no rule xyz; docs/policies.md lists them"),
    ],
)
def test_a_name_of_no_rule_is_a_finding(name, says):
    def faults(**more) -> list[str]:
        return [
            one.message for one in evaluate([logs("a", 30)], {name: "disabled", **more}, rules=(RETENTION,)).findings
        ]

    assert faults() == [says]
    assert faults(**{PACK_CONFIGURATION: "disabled"}) == []
    assert faults(**{"vpc-flow-logs": "advisory", "all": "advisory"}) == [says]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (3, "a: must be a level or an object of settings, got 3"),
        ("mandatry", "a: must be advisory, mandatory or disabled, got 'mandatry'"),
        ({"enforcementLevel": True}, "a: must be advisory, mandatory or disabled, got True"),
        ({"minimumDays": 3}, ""),
        ("disabled", ""),
    ],
)
def test_what_is_no_level_is_said_in_one_sentence(value, says):
    assert malformed({"a": value}) == says


def test_a_partly_unknown_resource_keeps_its_findings_and_names_each_property_once():
    def check(*_):
        yield "is wrong"
        yield NotEvaluated("x")
        yield NotEvaluated("x")

    rule = dataclasses.replace(RETENTION, check=check, unknown=WhenUnknown.SKIP)
    report = run(logs("a"), rule=rule)
    assert [finding.message for finding in report.findings] == ["a: is wrong"]
    assert report.not_evaluated == (Skipped(rule.id, logs("a").urn, "x"),)


@pytest.mark.parametrize("unknown", list(WhenUnknown))
def test_an_unknown_value_never_vanishes(unknown):
    report = run(logs("a", UNKNOWN), rule=dataclasses.replace(RETENTION, unknown=unknown))
    assert len(report.findings) + len(report.not_evaluated) == 1
    assert bool(report.findings) is (unknown is WhenUnknown.FAIL)


def test_an_exemption_covers_only_what_it_matches():
    entry = {"match": "::a$", "reason": "kept for the auditors", "expires": "2030-06-01"}
    report = run(logs("a"), logs("b"), exempt=[entry])
    assert [finding.message for finding in report.findings] == ["b: logs never expire"]
    (fault,) = list(run(logs("b", 30), exempt=[entry]).findings)
    assert fault.rule == PACK_CONFIGURATION


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"mach": "::a$"}, "has the unknown field mach; the fields are match, reason and expires"),
        ({"reason": "kept for the auditors"}, "has no match: give a regular expression for the URN"),
        ({"match": "::a$"}, "has no reason: say why the rule does not apply"),
        ({"match": "::a$", "reason": "kept for the auditors"}, "has no expiry date (expires, as 2030-12-31)"),
    ],
)
def test_what_an_exemption_lacks_is_named(entry, says):
    assert listed({"exempt": [entry]})[0].problem(TODAY) == says


@pytest.mark.parametrize("entry", [None, "text", {}, {"match": 1, "reason": 2, "expires": 3}])
def test_a_malformed_exemption_is_a_finding_and_no_crash(entry):
    faults = [f.message for f in run(logs("a", 30), exempt=[entry]).findings]
    assert len(faults) == 1


def test_exemptions_that_are_no_list_are_none():
    assert listed({"exempt": "all"}) == ()
    assert listed(None) == ()


def test_the_last_day_of_an_exemption_is_its_expiry_date():
    entry = Exemption("::a$", "kept for the auditors", "2030-06-01")
    assert entry.problem(date(2030, 6, 1)) == ""
    assert entry.problem(date(2030, 6, 2)) == "expired on 2030-06-01"


@pytest.mark.parametrize(
    ("default", "right", "wrong"),
    [(True, False, 1), (1, 2.0, "2"), (0.5, 1, "1"), (["a"], ["b"], [1]), ("a", "b", "c")],
)
def test_a_setting_is_of_the_type_of_its_default(default, right, wrong):
    choices = ("a", "b") if isinstance(default, str) else ()
    setting = Setting(name="it", default=default, description="A test's.", choices=choices)
    rule = dataclasses.replace(RETENTION, settings=(setting,))
    assert list(mistakes(rule, {"it": right})) == []
    assert len(list(mistakes(rule, {"it": wrong}))) == 1
