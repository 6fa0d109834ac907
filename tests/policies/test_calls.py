"""Whether statements allow a call, patterns of texts that are partly unknown, and what the tables rest on."""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_operations.facts import tokens
from ecs_operations.facts.breadth import is_broad_arn, is_nameless
from ecs_operations.facts.calls import Call, allowed
from ecs_operations.facts.globs import GIVEN_END, UNSAID, covers, may_cover
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.permissions import has_unread_policy, may_call
from ecs_operations.facts.places import account_of, arns_of
from ecs_operations.facts.runtimes import READ_ON, SUPPORTED_UNTIL
from ecs_operations.facts.statements import statements
from tests.policies.cases.build import a

CLUSTER = "arn:aws:ecs:eu-central-1:111122223333:cluster/"
LIST = Call(action="ecs:ListTasks", context={"ecs:cluster": (f"{CLUSTER}main",), "aws:secured": ()})


def allows(**changes):
    return {"Effect": "Allow", "Action": "ecs:*", "Resource": "*", **changes}


def conditioned(operator, value, key="ecs:cluster"):
    return allows(Condition={operator: {key: value}})


@pytest.mark.parametrize(
    ("given", "call_is_allowed"),
    [
        ([], False),
        ([allows()], True),
        ([allows(), allows(Effect="Deny")], False),
        ([allows(), allows(Effect="Deny", Action="ecs:Stop*")], True),
        ([allows(NotAction="ecs:List*")], False),
        ([{"Effect": "Allow", "NotAction": "ecs:Stop*", "Resource": "*"}], True),
        ([conditioned("ArnEquals", f"{CLUSTER}main")], True),
        ([conditioned("ArnLike", f"{CLUSTER}m*")], True),
        ([conditioned("StringEquals", f"{CLUSTER}m*")], False),
        ([conditioned("StringEqualsIgnoreCase", f"{CLUSTER}MAIN")], True),
        ([conditioned("ArnNotEquals", f"{CLUSTER}main")], False),
        ([conditioned("ArnNotEquals", f"{CLUSTER}other")], True),
        ([conditioned("Null", "true")], False),
        ([conditioned("Null", False)], True),
        ([conditioned("StringEquals", "x", "aws:secured")], False),
        ([conditioned("StringEqualsIfExists", "x", "aws:secured")], True),
        ([conditioned("ForAllValues:StringEquals", "x", "aws:secured")], True),
        ([conditioned("ForAnyValue:StringEquals", "x", "aws:secured")], False),
        ([conditioned("StringNotEquals", "x", "aws:secured")], True),
        ([conditioned("StringEquals", "x", "ec2:Owner")], False),  # no call of ECS has it
        ([conditioned("StringEquals", "x", "aws:unheard")], True),  # nobody knows
        ([allows(), {**conditioned("StringEquals", "x", "aws:unheard"), "Effect": "Deny"}], True),
        ([conditioned("DateLessThan", "2020-01-01T00:00:00Z", "aws:CurrentTime")], False),
        ([conditioned("DateGreaterThan", "2020-01-01T00:00:00Z", "aws:CurrentTime")], True),
        ([conditioned("DateLessThan", "soon", "aws:CurrentTime")], True),
        ([conditioned("NumericLessThan", 3, "aws:unheard")], True),
    ],
)  # fmt: skip
def test_statements_allow_what_iam_says(given, call_is_allowed):
    assert allowed(statements({"Statement": given}), LIST) is call_is_allowed


@pytest.mark.parametrize("odd", [None, 3, [None], [3], {"Effect": "Allow"}, {"Effect": "Maybe"}, [[allows()]]])
def test_what_is_no_document_allows_nothing(odd):
    assert not allowed(statements({"Statement": odd}), LIST)


@pytest.mark.parametrize(
    ("pattern", "text", "may"),
    [
        ("arn:aws:sqs:*:*:jobs", f"arn:aws:sqs:{UNSAID}:{UNSAID}:jobs", True),
        ("arn:aws:sqs:eu:1:jobs-1a2b", f"arn:aws:sqs:{UNSAID}:{UNSAID}:jobs{GIVEN_END}", True),
        ("arn:aws:sqs:eu:1:other", f"arn:aws:sqs:{UNSAID}:{UNSAID}:jobs{GIVEN_END}", False),
        ("logs-1a2b/other/x", f"logs{GIVEN_END}/x", False),
        ("a:*:name/x-*", f"a:{UNSAID}:name/web-{GIVEN_END}", False),
    ],
)
def test_a_pattern_may_cover_what_is_partly_unknown(pattern, text, may):
    assert may_cover(pattern, text) is may


@given(st.text("ab:*?", max_size=8), st.text("ab:", max_size=8))
def test_of_a_known_text_a_pattern_may_cover_what_it_covers(pattern, text):
    assert may_cover(pattern, text) is covers(pattern, text)


@pytest.mark.parametrize("pattern", [
    "*", "arn:aws:*", "arn:aws:s3:::*", "arn:aws:s3:::*/*", "arn:aws:iam::*:role/*", "arn:aws:ecs:*:*:service/*/*",
    "arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/*", "arn:aws:logs:*:*:log-group:*:log-stream:*",
])  # fmt: skip
def test_these_name_nothing(pattern):
    assert is_nameless(pattern)


@pytest.mark.parametrize("pattern", [
    "arn:aws:s3:::logs/*", "arn:aws:iam::1:role/web-*", "arn:aws:logs:*:*:log-group:/aws/lambda/*",
    "arn:aws:ecs:*:*:container-instance/main/*", "arn:aws:sqs:*:*:jobs",
])  # fmt: skip
def test_these_name_something(pattern):
    assert not is_nameless(pattern)


def test_an_arn_of_any_account_is_broad_but_for_the_name_of_a_bucket():
    assert is_broad_arn("arn:aws:events:*:*:rule/x")
    assert is_broad_arn("*")
    assert not is_broad_arn("arn:aws:s3:::logs")
    assert not is_broad_arn("arn:aws:events:*:111122223333:rule/*")


def test_a_stack_is_in_the_account_that_its_documents_agree_on():
    def queues(*accounts):
        text = [f"arn:aws:sqs:eu-central-1:{account}:jobs" for account in accounts]
        return Graph([a(tokens.ROLE_POLICY, policy=json.dumps(text))])

    assert account_of(queues("111122223333", "111122223333", "111122223333")) == "111122223333"
    assert account_of(queues("111122223333", "444455556666", "444455556666")) == UNSAID
    assert account_of(queues("111122223333")) == UNSAID


def test_a_rule_of_a_bus_has_its_name_in_its_arn():
    rule = a(tokens.EVENT_RULE, name="failed", eventBusName="shop")
    assert any(may_cover("arn:aws:events:eu:1:rule/shop/failed", arn) for arn in arns_of(Graph([rule]), rule))
    assert arns_of(Graph([rule]), a(tokens.CLUSTER, outputs={"arn": "arn:x"})) == ("arn:x",)


def test_a_policy_of_aws_is_read_where_the_table_has_it():
    role = a(tokens.ROLE, "web", managedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"])
    other = a(tokens.ROLE, "web", managedPolicyArns=["arn:aws:iam::aws:policy/Something"])
    assert may_call(Graph([role]), role, Call(action="ecs:StopTask"))
    assert not has_unread_policy(Graph([role]), role)
    assert has_unread_policy(Graph([other]), other)


def test_the_table_of_runtimes_is_that_of_the_linter_of_templates():
    known = json.loads(files("cfnlint.data.AdditionalSpecs").joinpath("LmbdRuntimeLifecycle.json").read_text())
    days = {name: date.fromisoformat(one["deprecated"]) for name, one in known.items() if one["deprecated"]}
    assert days == SUPPORTED_UNTIL
    assert max(days.values()) > READ_ON
