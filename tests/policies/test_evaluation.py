from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from ecs_operations import RULES, Skipped, evaluate
from ecs_operations.engine.configuration import PACK_CONFIGURATION, PACK_EXEMPTIONS, malformed, mistakes
from ecs_operations.engine.evaluation import CRASH_FIX
from ecs_operations.engine.exemptions import Exemption, listed
from ecs_operations.engine.registry import Level, NotEvaluated, Setting, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from ecs_operations.facts.wiring import is_on, runs

RETENTION = next(rule for rule in RULES if rule.id == "logs-retention")
FLOW = next(rule for rule in RULES if rule.id == "vpc-flow-logs")
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
        (3, ["a: got 3, must be a level or an object of settings"]),
        ("mandatry", ["a: got 'mandatry', must be advisory, mandatory or disabled"]),
        ({"enforcementLevel": True}, ["a.enforcementLevel: got True, must be advisory, mandatory or disabled"]),
        ({"minimumDays": 3}, []),
        ("disabled", []),
    ],
)
def test_what_is_no_level_is_said_in_one_sentence(value, says):
    assert malformed({"a": value}) == says


def test_all_that_is_no_level_is_said_at_once():
    assert len(malformed({"a": 3, "b": None, "c": "mandatry", "d": "advisory", "e": {"enforcementLevel": 1}})) == 4


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


def test_an_exemption_of_one_resource_leaves_what_the_others_lack():
    tags = next(rule for rule in RULES if rule.id == "required-tags")
    entry = {"match": "::a$", "reason": "made by another team", "expires": "2030-06-01"}
    report = run(logs("a"), logs("b"), logs("c"), rule=tags, keys=["owner"], exempt=[entry])
    assert [one.message for one in report.findings] == ["b: 2 resources lack the tag owner; they are b, c"]


def test_the_day_of_the_judgement_decides_what_a_schedule_still_starts():
    schedule = Resource(
        type=tokens.SCHEDULE, name="s", urn="urn:pulumi:t::p::s::s",
        inputs={"scheduleExpression": "cron(* * * * ? 2029)", "endDate": "2030-06-15T00:00:00Z", "state": "ENABLED"},
    )  # fmt: skip
    days = {day: Graph([schedule], day) for day in (date(2029, 6, 1), TODAY, date(2030, 7, 1))}
    assert [is_on(graph, schedule) for graph in days.values()] == [True, True, False]
    assert [runs(graph, schedule) for graph in days.values()] == [True, False, False]


ENTRY = {"match": "::a$", "reason": "kept for the auditors", "expires": "2030-06-01"}


def said(report) -> list[tuple[str, str]]:
    return [(one.rule, one.level.value) for one in report.findings]


def test_an_exemption_that_matches_nothing_here_may_be_about_another_stack_unless_it_names_this_one():
    (fault,) = run(logs("b", 30), exempt=[ENTRY]).findings
    assert (fault.rule, fault.level) == (PACK_EXEMPTIONS, Level.ADVISORY)
    assert fault.message.startswith("logs-retention.exempt[0]: the exemption of /::a$/ matches no resource")
    assert said(run(logs("b", 30), exempt=[{**ENTRY, "stack": "t"}])) == [(PACK_CONFIGURATION, "mandatory")]
    assert said(run(logs("b", 30), exempt=[{**ENTRY, "stack": "prod"}])) == []


def test_an_exemption_of_another_stack_covers_nothing_here():
    assert said(run(logs("a"), exempt=[{**ENTRY, "stack": "t"}])) == []
    assert said(run(logs("a"), exempt=[{**ENTRY, "stack": "prod"}])) == [(RETENTION.id, "mandatory")]


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        (None, []),
        ([RETENTION.id], []),
        ([RETENTION.id, "logs-kms"], []),
        (["logs-kms"], [RETENTION.id]),
        (["logs-kmz"], [RETENTION.id, PACK_CONFIGURATION]),
        ("logs-kms", [RETENTION.id]),
        (["vpc-flow-logs"], [RETENTION.id, PACK_EXEMPTIONS]),
    ],
)
def test_an_exemption_under_all_is_from_the_rules_that_it_names(rules, says):
    entry = ENTRY if rules is None else {**ENTRY, "rules": rules}
    kms = next(rule for rule in RULES if rule.id == "logs-kms")
    given = {"all": {"exempt": [entry]}, "logs-kms": "disabled"}
    report = evaluate([logs("a")], given, rules=(RETENTION, kms, FLOW), today=TODAY)
    assert [rule for rule, _ in said(report)] == says


def test_what_cannot_be_judged_is_a_violation_where_the_configuration_says_so():
    rule = dataclasses.replace(RETENTION, unknown=WhenUnknown.SKIP)

    def outcome(**given):
        report = evaluate([logs("a", UNKNOWN)], given, rules=(rule,), today=TODAY)
        return said(report), len(report.not_evaluated)

    assert outcome() == ([], 1)
    assert outcome(**{rule.id: {"notJudged": "mandatory"}}) == ([(rule.id, "mandatory")], 0)
    assert outcome(all={"notJudged": "mandatory"}) == ([(rule.id, "mandatory")], 0)
    assert outcome(all={"notJudged": "mandatory"}, **{rule.id: {"notJudged": "advisory"}}) == ([], 1)
    assert outcome(all={"notJudged": "never"}) == ([(PACK_CONFIGURATION, "mandatory")], 1)


@pytest.mark.parametrize("what", [NotEvaluated("x", decisive=False), NotEvaluated("x", elsewhere=True)])
def test_what_could_not_be_satisfied_is_never_demanded(what):
    rule = dataclasses.replace(RETENTION, check=lambda *_: iter((what,)), unknown=WhenUnknown.SKIP)
    report = run(logs("a"), rule=rule, notJudged="mandatory")
    assert (report.findings, [one.path for one in report.not_evaluated]) == ((), ["x"])


def test_all_mistakes_are_told_at_once_with_their_paths():
    given = {
        "log-retention": "disabled",
        "all": {"exemt": [], "exempt": 3},
        "pack-configuration": {"documentation": "https://example.com", "page": 1},
        RETENTION.id: {"minimumDay": 1, "minimumDays": 0, "notJudged": True, "exempt": "all"},
    }
    assert [one.message for one in evaluate([logs("a", 30)], given, rules=(RETENTION,)).findings] == [
        "there is no rule log-retention; did you mean logs-retention?",
        "all.exemt: there is no such setting; did you mean exempt? The settings are exempt, notJudged",
        "all.exempt: got 3, must be a list of objects with match, reason and expires",
        "pack-configuration.page: there is no such setting",
        (
            "logs-retention.minimumDay: there is no such setting; did you mean minimumDays? "
            "The settings are exempt, minimumDays, notJudged"
        ),
        "logs-retention.minimumDays: got 0, must be an integer of at least 1 and at most 3653",
        "logs-retention.notJudged: got True, must be advisory or mandatory",
        "logs-retention.exempt: got 'all', must be a list of objects with match, reason and expires",
    ]


def test_a_rule_that_fails_says_that_it_is_the_packs_fault_and_on_which_property():
    def check(resource, *_):
        yield resource.get("retentionInDays")["no"]

    (found,) = run(logs("a"), rule=dataclasses.replace(RETENTION, check=check)).findings
    assert found.message == (
        "a: the rule failed on it (TypeError), a fault of the pack and not of the program; "
        "what it read last is retentionInDays"
    )
    assert found.fix == CRASH_FIX


def test_what_a_component_declares_is_judged_in_place_of_what_is_not_known():
    component = Resource(type="shop:index:Logs", name="c", urn="urn:pulumi:t::p::shop:index:Logs::c",
                         inputs={"retentionInDays": 0, "name": "n"})  # fmt: skip
    child = dataclasses.replace(logs("a", UNKNOWN), parent=component.urn)
    assert [one.message for one in run(component, child).findings] == ["a: logs never expire"]
    assert run(component, dataclasses.replace(logs("a", 30), parent=component.urn)).findings == ()
    for nothing in (UNKNOWN, None):
        silent = dataclasses.replace(component, inputs={"retentionInDays": nothing})
        assert "not known" in run(silent, child).findings[0].message


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"mach": "::a$"}, "has the unknown field mach; the fields are match, reason, expires, stack, rules"),
        ({"reason": "kept for the auditors"}, "has no match: give a regular expression for the URN"),
        ({"match": "::a$"}, "has no reason: say why the rule does not apply"),
        ({"match": "::a$", "reason": "kept for the auditors"}, "has no expiry date: add expires, as 2030-12-31"),
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
    assert entry.problem(date(2030, 6, 2)) == "expired on 2030-06-01: remove it, or renew the reason and the date"


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
