"""What `preflight` asks of IAM's simulation about the caller, and what it says of the answers."""

import json
from fnmatch import fnmatchcase
from itertools import chain

import pytest
from botocore.exceptions import ClientError

from infra.common.location import Location
from infra.common.names import Names
from infra.environment.deployer import Deployer
from operator_command.reading.checked import Verdict
from operator_command.reading.permissions import (
    ACTIONS,
    STANDS_FOR,
    Answer,
    checked_permissions,
    denied_actions,
    principal_of,
    questions,
)
from tests.support.iam_evaluator import Call, allowed

LOCATION = Location(partition="aws", region="eu-central-1", account="123456789012")
DEPLOYER = Deployer(names=Names("prod"), location=LOCATION, hosted_zone="Z0123456789ABCDEFGHIJ")
BOUNDED = Deployer(
    names=Names("prod"), location=LOCATION, hosted_zone="*", boundary=LOCATION.iam_arn("policy/boundary")
)
ROLE = LOCATION.iam_arn("role/team/deployer")
SESSION = "arn:aws:sts::123456789012:assumed-role/deployer/me"


class Iam:
    """Simulates documents with the tests' own evaluator; all else is as AWS answers. Keeps the requests.

    It refuses actions of several services in one request, and those of `never` always.
    """

    def __init__(self, *documents, missing=(), error=None, never=()):
        self.documents, self.missing, self.error = [json.dumps(each) for each in documents], list(missing), error
        self.denies = [json.dumps(turned(each)) for each in documents]
        self.requests, self.never = [], set(never)

    def get_paginator(self, name):
        assert name == "simulate_principal_policy"
        return self

    def paginate(self, **request):
        self.requests.append(request)
        services = {each.partition(":")[0] for each in request["ActionNames"]}
        if error := self.error or (
            "InvalidInput" if len(services) > 1 or self.never & {*request["ActionNames"]} else ""
        ):
            raise ClientError({"Error": {"Code": error, "Message": "no"}}, "SimulatePrincipalPolicy")
        context = {each["ContextKeyName"]: each["ContextKeyValues"][0] for each in request["ContextEntries"]}
        return [{"EvaluationResults": [self.result(each, request, context) for each in request["ActionNames"]]}]

    def result(self, action, request, context):
        parts = [
            {
                "EvalResourceName": resource,
                "EvalResourceDecision": self.decision(Call(action=action, resource=resource, context=context)),
                "MissingContextValues": self.missing,
            }
            for resource in request["ResourceArns"]
        ]
        return {"EvalActionName": action, "EvalDecision": "implicitDeny", "ResourceSpecificResults": parts}

    def decision(self, call):
        if allowed(self.denies, call):
            return "explicitDeny"
        return "allowed" if allowed(self.documents, call) else "implicitDeny"


def turned(document):
    """What a document denies, as if it allowed it."""
    denies = [each | {"Effect": "Allow"} for each in document["Statement"] if each["Effect"] == "Deny"]
    return {"Version": "2012-10-17", "Statement": denies}


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statement(effect, actions, resource, condition=None):
    found = {"Effect": effect, "Action": [actions], "Resource": [resource]}
    return found | ({"Condition": condition} if condition else {})


EVERYTHING = statement("Allow", "*", "*")


def said(iam, caller=SESSION, deployer=DEPLOYER):
    return list(checked_permissions(iam, caller, lambda name: ROLE, deployer.policies().values()))


def test_a_pattern_is_asked_by_an_action_that_it_holds_for():
    documents = chain(DEPLOYER.policies().values(), BOUNDED.policies().values())
    patterns = {action for each in documents for one in each["Statement"] for action in one["Action"] if "*" in action}
    assert patterns == STANDS_FOR.keys()
    assert [one for one, name in STANDS_FOR.items() if not fnmatchcase(f"{one.split(':')[0]}:{name}", one)] == []


def test_a_simulation_asks_for_no_more_than_aws_answers_at_once_and_takes_no_pattern():
    asked = list(questions(DEPLOYER.policies().values()))
    assert len(asked) <= 60
    assert max(len(each.actions) for each in asked) <= ACTIONS
    assert not any("*" in action for each in asked for action in each.actions)
    assert not any("*" in resource for each in asked for resource in each.resources if resource != "*")
    assert {each.request(ROLE)["PolicySourceArn"] for each in asked} == {ROLE}


@pytest.mark.parametrize("deployer", [DEPLOYER, BOUNDED])
def test_who_has_the_deployers_policies_and_nothing_more_may_do_all_of_it(deployer):
    iam = Iam(*deployer.policies().values())
    (line,) = said(iam, deployer=deployer)
    assert line.verdict is Verdict.OK, line
    asked = {action for each in questions(deployer.policies().values()) for action in each.actions}
    assert line.text == f"IAM's simulation allows {ROLE} all {len(asked)} things that a deployment does"
    assert len(iam.requests) <= 100


def test_who_lacks_a_policy_is_told_what_is_denied_by_service():
    network, compute, _ = DEPLOYER.policies().values()
    lines = said(Iam(network, compute))
    assert {each.verdict for each in lines} == {Verdict.PROBLEM}
    found = {each.what: each.text for each in lines}
    assert "permissions of ec2" not in found
    assert found["permissions of events"].startswith("denied: DeleteRule, DescribeRule, ")
    assert found["permissions of sts"] == (
        "denied: GetCallerIdentity; the deployer's policies allow it: docs/before-the-first-up.md#who-deploys"
    )


def test_what_the_simulation_does_not_know_is_said_beside_what_it_denies():
    network, compute, identity = DEPLOYER.policies().values()
    assert "(the simulation knows no aws:SourceIp)" in said(Iam(network, compute, missing=["aws:SourceIp"]))[0].text
    (line,) = said(Iam(network, compute, identity, missing=["aws:SourceIp"]))
    assert "aws:SourceIp" not in line.text


def test_another_environments_policies_do_not_suffice():
    other = Deployer(names=Names("dev"), location=LOCATION, hosted_zone="Z0123456789ABCDEFGHIJ")
    assert "permissions of lambda" in {each.what for each in said(Iam(*other.policies().values()))}


def test_a_simulation_that_is_denied_is_no_failure_and_another_error_is_not_hidden():
    (line,) = said(Iam(error="AccessDenied"))
    assert line.verdict is Verdict.UNKNOWN
    assert line.text == f"not checked: AWS denies SimulatePrincipalPolicy to {SESSION}"
    with pytest.raises(ClientError):
        said(Iam(error="Throttling"))


@pytest.mark.parametrize(
    ("caller", "principal"),
    [
        (LOCATION.iam_arn("user/team/me"), LOCATION.iam_arn("user/team/me")),
        (SESSION, ROLE),
        (LOCATION.iam_arn("root"), None),
        ("arn:aws:sts::123456789012:federated-user/me", None),
    ],
)
def test_the_principal_that_is_simulated(caller, principal):
    names = []
    assert principal_of(caller, lambda name: names.append(name) or ROLE) == principal
    assert names == (["deployer"] if principal == ROLE else [])


def test_root_is_not_simulated_and_that_is_said():
    iam = Iam()
    (line,) = said(iam, LOCATION.iam_arn("root"))
    assert (line.verdict, iam.requests) == (Verdict.UNKNOWN, [])
    assert line.text.startswith("not checked: IAM simulates users and roles, and arn:aws:iam::123456789012:root is")


def test_an_action_is_denied_where_a_whole_statement_is_or_one_example():
    first = [
        {"EvalActionName": "b:X", "EvalDecision": "explicitDeny"},
        {"EvalActionName": "a:Y", "EvalDecision": "implicitDeny"},
        {"EvalActionName": "a:Z", "EvalDecision": "implicitDeny"},
        {"EvalActionName": "a:Z", "EvalDecision": "allowed"},
        {"EvalActionName": "b:X", "EvalDecision": "allowed"},
        {"EvalActionName": "c:V", "EvalDecision": "allowed"},
    ]
    second = [{"EvalActionName": "c:V", "EvalDecision": "implicitDeny"}]
    assert denied_actions([Answer(results=tuple(first))]) == ["a:Y", "b:X"]
    assert denied_actions([Answer(results=tuple(first)), Answer(results=tuple(second))]) == ["a:Y", "b:X", "c:V"]


@pytest.mark.parametrize(
    ("deny", "found"),
    [
        (statement("Deny", "iam:*", "arn:aws:iam::*:role/*"), {"permissions of iam"}),
        (statement("Deny", "ec2:CreateVpc", "arn:aws:ec2:*:*:vpc/*"), {"permissions of ec2"}),
        (statement("Deny", "s3:*", "arn:aws:s3:::ecs-prod-*/*"), {"permissions of s3"}),
        (
            statement("Deny", "kms:*", "*", {"StringEquals": {"aws:ResourceTag/environment": "prod"}}),
            {"permissions of kms"},
        ),
        (statement("Deny", "sqs:*", "arn:aws:sqs:*:*:other-*"), {"permissions"}),
    ],
)
def test_a_narrow_deny_beside_everything_allowed_is_found(deny, found):
    assert {each.what for each in said(Iam(document(EVERYTHING, deny)))} == found


def test_who_may_do_it_to_other_resources_alone_is_told():
    elsewhere = statement("Allow", "lambda:*", "arn:aws:lambda:*:*:function:other-*")
    others = [statement("Allow", f"{each}:*", "*") for each in sorted(services() - {"lambda"})]
    assert {each.what for each in said(Iam(document(elsewhere, *others)))} == {"permissions of lambda"}


def services():
    asked = questions(DEPLOYER.policies().values())
    return {action.partition(":")[0] for each in asked for action in each.actions}


def test_each_statement_is_asked_with_its_own_resources_and_conditions():
    """What a request makes is asked with its tags, and what is changed with the tags that it has."""
    asked = [each for each in questions(DEPLOYER.policies().values()) if "ec2:CreateVpc" in each.actions]
    keys = [sorted(each.context) for each in asked]
    assert keys == [
        ["aws:RequestTag/environment", "aws:RequestTag/managed-by"],
        ["aws:ResourceTag/environment", "aws:ResourceTag/managed-by"],
    ]
    assert LOCATION.arn("ec2", "vpc/0") in asked[1].resources
    assert not any(":image/" in each for each in asked[1].resources), "images are nobody's of the account"
    (role,) = {each.resources for each in questions(DEPLOYER.policies().values()) if "iam:TagRole" in each.actions}
    assert role == (LOCATION.iam_arn("role/ecs-prod-0"),)


def test_an_action_that_iam_does_not_simulate_is_named_and_drops_no_other():
    iam = Iam(*DEPLOYER.policies().values(), never={"sts:GetCallerIdentity", "kms:ListAliases"})
    unchecked, rest = said(iam)
    assert (unchecked.verdict, rest.verdict) == (Verdict.UNKNOWN, Verdict.OK)
    assert unchecked.text == "not checked: IAM takes into no simulation kms:ListAliases, sts:GetCallerIdentity"
    denied = said(Iam(document(EVERYTHING, statement("Deny", "sqs:*", "*")), never={"sts:GetCallerIdentity"}))
    assert {each.what for each in denied} == {"permissions of sqs", "permissions"}
    (nothing,) = said(Iam(error="InvalidInput"))
    assert nothing.verdict is Verdict.UNKNOWN
