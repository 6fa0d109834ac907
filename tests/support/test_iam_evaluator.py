import json

import pytest

from tests.support.iam_evaluator import Call, allowed, refused, unused_grants

CLUSTER = "arn:aws:ecs:eu-central-1:123456789012:cluster/mine"
TASK = "arn:aws:ecs:eu-central-1:123456789012:task/mine/0a1b"


def document(*statements: dict) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str | list[str] = "ecs:StopTask", resource="*", condition=None, effect="Allow") -> dict:
    return {"Effect": effect, "Action": action, "Resource": resource} | ({"Condition": condition} if condition else {})


def verdict(statement: dict, action="ecs:StopTask", resource=TASK, **context) -> bool:
    keys = {key.replace("__", ":"): value for key, value in context.items()}
    return allowed([document(statement)], Call(action=action, resource=resource, context=keys))


def test_nothing_is_allowed_without_a_statement():
    assert not allowed([document()], Call(action="ecs:StopTask"))
    assert not allowed([], Call(action="ecs:StopTask"))


@pytest.mark.parametrize(
    ("granted", "called", "expected"),
    [
        ("ecs:StopTask", "ecs:StopTask", True),
        ("ecs:stoptask", "ECS:StopTask", True),  # IAM does not mind the case of an action
        ("ecs:Stop*", "ecs:StopTask", True),
        ("ecs:*Task", "ecs:StopTask", True),
        ("ecs:St?pTask", "ecs:StopTask", True),
        ("*", "ecs:StopTask", True),
        (["ecs:RunTask", "ecs:StopTask"], "ecs:StopTask", True),
        ("ecs:Stop", "ecs:StopTask", False),
        ("ecs:Start*", "ecs:StopTask", False),
        ("ec?:RunTask", "ec2:RunInstances", False),
        ("ecs.StopTask", "ecs:StopTask", False),  # a dot is no wildcard
    ],
)
def test_actions_match_by_wildcard(granted, called, expected):
    assert verdict(allow(granted), called) == expected


@pytest.mark.parametrize(
    ("granted", "called", "expected"),
    [
        (TASK, TASK, True),
        (TASK.upper(), TASK, False),
        ("arn:aws:ecs:*:*:task/mine/*", TASK, True),
        ("arn:aws:ecs:*:*:task/mine/????", TASK, True),
        ("arn:aws:ecs:*:*:task/other/*", TASK, False),
        ("arn:aws:ecs:*:*:task/min/*", TASK, False),
        ([CLUSTER, TASK], TASK, True),
        (TASK, "*", False),  # an action without resources needs a statement for all of them
        ("*", "*", True),
        ("arn:aws:ecs:*:*:task/mine/*", "arn:aws:ecs:eu-central-1:1:task/mine/*", True),
        ("arn:aws:ecs:*:*:task/mine/?", "arn:aws:ecs:eu-central-1:1:task/mine/*", False),
    ],
)
def test_resources_match_by_wildcard(granted, called, expected):
    assert verdict(allow(resource=granted), resource=called) == expected


@pytest.mark.parametrize(
    ("operator", "wanted", "got", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringEquals", "a", None, False),
        ("StringEqualsIfExists", "a", None, True),
        ("StringEqualsIfExists", "a", "b", False),
        ("StringEqualsIgnoreCase", "a", "A", True),
        ("StringNotEquals", "a", "b", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEquals", "a", None, True),
        ("StringLike", "a*", "ab", True),
        ("StringLike", "a*", "ba", False),
        ("StringNotLike", "a*", "ab", False),
        ("ArnEquals", CLUSTER, CLUSTER, True),
        ("ArnEquals", CLUSTER, CLUSTER + "2", False),
        ("ArnLike", "arn:aws:ecs:*:123456789012:cluster/*", CLUSTER, True),
        ("ArnLike", "arn:aws:*:cluster/mine", CLUSTER, False),  # no wildcard reaches over a colon
        ("ArnNotEquals", CLUSTER, CLUSTER, False),
        ("Bool", "true", "True", True),
        ("Bool", True, "false", False),
        ("Null", "true", None, True),
        ("Null", "false", None, False),
        ("Null", "false", "a", True),
        ("ForAnyValue:StringEquals", ["a"], ["a", "b"], True),
        ("ForAnyValue:StringEquals", ["a"], None, False),
        ("ForAllValues:StringEquals", ["a"], ["a", "b"], False),
        ("ForAllValues:StringEquals", ["a"], None, True),
    ],
)
def test_a_condition_holds_as_iam_says(operator, wanted, got, expected):
    context = {} if got is None else {"ecs__cluster": got}
    assert verdict(allow(condition={operator: {"ecs:cluster": wanted}}), **context) == expected


def test_the_name_of_a_condition_key_may_have_any_case():
    assert verdict(allow(condition={"StringEquals": {"ECS:Cluster": "a"}}), ecs__cluster="a")


def test_all_keys_and_operators_have_to_hold():
    both = allow(condition={"StringEquals": {"ecs:cluster": "a", "ecs:service": "b"}, "Bool": {"ecs:x": "true"}})
    assert verdict(both, ecs__cluster="a", ecs__service="b", ecs__x="true")
    assert not verdict(both, ecs__cluster="a", ecs__service="c", ecs__x="true")
    assert not verdict(both, ecs__cluster="a", ecs__service="b", ecs__x="false")


def test_a_deny_wins_over_every_allow_and_only_under_its_conditions():
    deny = allow("ecs:*", condition={"StringEquals": {"ecs:cluster": "a"}}, effect="Deny")
    documents = [document(allow()), document(deny)]
    assert not allowed(documents, Call(action="ecs:StopTask", resource=TASK, context={"ecs:cluster": "a"}))
    assert allowed(documents, Call(action="ecs:StopTask", resource=TASK, context={"ecs:cluster": "b"}))


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ({"Effect": "Allow", "NotAction": "ecs:*", "Resource": "*"}, "NotAction"),
        ({"Effect": "Allow", "Action": "ecs:*", "NotResource": "*"}, "NotResource"),
        (allow() | {"Principal": "*"}, "Principal"),
        (allow(effect="Maybe"), "Maybe"),
        (allow(resource="arn:aws:s3:::${aws:username}"), "policy variables"),
        (allow(condition={"DateLessThan": {"aws:CurrentTime": "2030"}}), "DateLessThan"),
        (allow(condition={"ForSomeValues:StringEquals": {"ecs:cluster": "a"}}), "ForSomeValues"),
    ],
)
def test_what_is_not_modelled_raises(statement, says):
    with pytest.raises(NotImplementedError, match=says):
        verdict(statement)


def test_several_values_need_a_quantifier():
    with pytest.raises(NotImplementedError, match="several values"):
        verdict(allow(condition={"StringEquals": {"ecs:cluster": "a"}}), ecs__cluster=["a", "b"])


def test_refused_names_the_calls_and_their_context():
    calls = [Call(action="ecs:StopTask", resource=TASK), Call(action="ecs:RunTask", context={"ecs:cluster": "a"})]
    assert refused([document(allow())], calls) == ["ecs:RunTask on * with {'ecs:cluster': 'a'}"]


def test_a_grant_that_no_call_uses_is_found_in_each_statement_by_itself():
    own = {"ArnEquals": {"ecs:cluster": CLUSTER}}
    documents = [
        document(
            allow(["ecs:StopTask", "ecs:RunTask"], TASK, own),
            allow("ecs:Describe*", CLUSTER),
            allow("ecs:List*", "*"),
            allow("ecs:Delete*", "*", effect="Deny"),
        )
    ]
    stop = Call(action="ecs:StopTask", resource=TASK, context={"ecs:cluster": CLUSTER})
    describe = Call(action="ecs:DescribeClusters", resource=CLUSTER)
    assert unused_grants(documents, [stop, describe]) == [f"ecs:RunTask on {TASK}", "ecs:List* on *"]


def test_a_call_that_is_denied_uses_nothing():
    documents = [document(allow(), allow(effect="Deny"))]
    assert unused_grants(documents, [Call(action="ecs:StopTask", resource=TASK)]) == ["ecs:StopTask on *"]
