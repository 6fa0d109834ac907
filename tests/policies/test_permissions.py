from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_operations.facts import tokens
from ecs_operations.facts.calls import Call
from ecs_operations.facts.controllers import group_names
from ecs_operations.facts.documents import containers, parsed
from ecs_operations.facts.globs import covers
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.permissions import may_call
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.statements import statements
from ecs_operations.facts.values import UNKNOWN, UnknownInputError


def resource(token: str, label: str = "it", depends: dict | None = None, /, **inputs) -> Resource:
    return Resource(type=token, name=label, urn=f"urn:{label}", inputs=inputs, dependencies=depends or {})


@pytest.mark.parametrize(
    ("pattern", "value", "covered"),
    [
        ("ecs:*", "ecs:listtasks", True),
        ("ecs:list?asks", "ecs:listtasks", True),
        ("ecs:list", "ecs:listtasks", False),
        ("*:autoScalingGroupName/web-*", "x:autoScalingGroupName/web-1", True),
        ("web.1", "web-1", False),
    ],
)
def test_a_pattern_covers_what_iam_says(pattern, value, covered):
    assert covers(pattern, value) is covered


@given(st.text(max_size=20))
def test_a_text_without_wildcards_covers_itself_alone(text):
    literal = text.replace("*", "").replace("?", "")
    assert covers(literal, literal)
    assert not covers(literal, f"{literal}x")


def test_a_single_statement_is_a_list_of_one():
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:x"}
    assert [s.actions for s in statements({"Statement": allow})] == [("s3:getobject",)]
    assert [s.denies for s in statements({"Statement": [{**allow, "Effect": "Deny"}]})] == [True]


def test_a_known_permission_is_found_before_an_unknown_document_raises():
    role = resource(tokens.ROLE, "role")
    link = {"role": frozenset({"urn:role"})}
    known = json.dumps({"Statement": [{"Effect": "Allow", "Action": "ecs:ListTasks", "Resource": "*"}]})
    graph = Graph(
        [
            role,
            resource(tokens.ROLE_POLICY, "a-unknown", link, policy=UNKNOWN),
            resource(tokens.ROLE_POLICY, "b-known", link, policy=known),
        ]
    )
    assert may_call(graph, role, Call(action="ecs:ListTasks"))
    with pytest.raises(UnknownInputError, match="policy of a-unknown"):
        may_call(graph, role, Call(action="ecs:StopTask"))


def test_a_group_has_its_name_or_its_prefix_or_is_not_known():
    assert group_names(resource(tokens.GROUP, name="g")) == {"g"}
    (prefixed,) = group_names(resource(tokens.GROUP, namePrefix="web-"))
    assert covers("web-*", prefixed)
    assert not covers("web-1", prefixed)
    with pytest.raises(UnknownInputError):
        group_names(resource(tokens.GROUP))


def test_json_that_cannot_be_read_is_the_default():
    broken = resource(tokens.TASK_DEFINITION, containerDefinitions="[")
    assert parsed(broken, "containerDefinitions", default="none") == "none"
    assert parsed(broken, "absent", default="none") == "none"
    assert parsed(resource(tokens.EVENT_RULE, eventPattern={"a": 1}), "eventPattern") == {"a": 1}
    assert list(containers(broken)) == []


PULL = Call(action="ecr:BatchGetImage", resources=("arn:aws:ecr:eu-central-1:1:repository/web",))


def may_pull(*others: Resource, **role) -> bool:
    text = json.dumps({"Statement": [{"Effect": "Allow", "Action": PULL.action, "Resource": "*"}]})
    found = resource(tokens.ROLE, "r", **role)
    policy = resource(tokens.ROLE_POLICY, "p", {"role": frozenset({"urn:r"})}, name="pull", policy=text)
    return may_call(Graph([found, policy, *others]), found, PULL)


def only(*names: object) -> Resource:
    return resource(
        tokens.EXCLUSIVE_POLICIES, "x", {"roleName": frozenset({"urn:r"})}, roleName=UNKNOWN, policyNames=list(names)
    )


def test_exclusive_policies_take_away_what_they_do_not_name():
    assert may_pull()
    assert may_pull(only("pull"))
    assert may_pull(only(UNKNOWN))
    assert not may_pull(only())
    assert not may_pull(only("other"))


def attached(*exclusive: str) -> bool:
    found = resource(tokens.ROLE, "r")
    arn = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"
    of_role = {"role": frozenset({"urn:r"})}
    attachment = resource(tokens.ROLE_POLICY_ATTACHMENT, "a", of_role, role=UNKNOWN, policyArn=arn)
    others = resource(tokens.EXCLUSIVE_ATTACHMENTS, "x", {"roleName": frozenset({"urn:r"})}, policyArns=list(exclusive))
    return may_call(Graph([found, attachment, others]), found, PULL)


def test_exclusive_attachments_take_away_what_they_do_not_name():
    assert attached("arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly")
    assert not attached("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore")


@pytest.mark.parametrize(
    ("boundary", "may"),
    [("PowerUserAccess", True), ("ReadOnlyAccess", True), ("AWSDenyAll", False), ("job-function/ViewOnlyAccess", False),
     ("AmazonSQSFullAccess", False), ("SomethingNew", True)],
)  # fmt: skip
def test_a_boundary_of_aws_takes_away_what_it_does_not_allow(boundary, may):
    assert may_pull(permissionsBoundary=f"arn:aws:iam::aws:policy/{boundary}") is may
