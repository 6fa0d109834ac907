from __future__ import annotations

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph, any_true
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import (
    OUTPUT,
    SECRET,
    SIGNATURE,
    UNKNOWN,
    Unknown,
    UnknownInputError,
    is_set,
    leaves,
    plain,
)

SENTINEL = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner))


def resource(name: str = "it", **inputs) -> Resource:
    return Resource(type=tokens.GROUP, name=name, urn=f"urn:{name}", inputs=inputs)


@pytest.mark.parametrize(
    "use",
    [
        bool, str, len, int, float, iter, hash,
        lambda value: value == "x", lambda value: value != "x", lambda value: value < 1, lambda value: value + 1,
        lambda value: value["x"], lambda value: value.get("x"), lambda value: "x" in value, lambda value: f"{value}",
        lambda value: 2 * value, operator.neg,
    ],
)  # fmt: skip
def test_no_use_of_an_unknown_value_passes_by_luck(use):
    with pytest.raises((UnknownInputError, TypeError)):
        use(UNKNOWN)


def test_an_unknown_value_knows_where_it_stands_and_can_be_shown():
    read = resource(tags=[{"key": UNKNOWN}]).inputs["tags"][0]["key"]
    assert isinstance(read, Unknown)
    assert repr(read) == "Unknown(tags[0].key)"


@given(VALUES)
def test_what_is_plain_stays_as_it_is(value):
    assert plain(value) == value


def test_values_lose_the_dress_of_the_wire():
    secret = {SIGNATURE: SECRET, "value": {"port": 443.0, "share": 0.5}}
    assert plain({"a": secret, "b": (1.0, True)}) == {"a": {"port": 443, "share": 0.5}, "b": [1, True]}
    assert plain({SIGNATURE: OUTPUT, "value": 1.0}) == 1
    assert isinstance(plain({SIGNATURE: OUTPUT}), Unknown)
    assert isinstance(plain(SENTINEL), Unknown)


def test_a_path_that_ends_early_gives_the_default():
    one = resource(checks=[{"path": "/"}], name="web", nothing=None)
    assert one.get("checks", 0, "path") == "/"
    assert one.get("checks", 1, "path", default="none") == "none"
    assert one.get("name", "inner", default="none") == "none"
    assert one.get("nothing", default="none") == "none"


def test_a_path_through_an_unknown_value_raises_and_counts_as_given():
    one = resource(checks=UNKNOWN)
    assert one.has("checks", 0, "path")
    assert one.is_unknown("checks", 0, "path")
    with pytest.raises(UnknownInputError, match=r"checks\.0\.path"):
        one.get("checks", 0, "path")


def test_empty_values_are_not_given():
    assert [is_set(value) for value in (None, "", [], {}, 0, False, "x", UNKNOWN)] == [False] * 4 + [True] * 4


def test_leaves_are_the_scalars_in_order():
    assert leaves({"a": [1, {"b": 2}], "c": None, "d": 3}) == [1, 2, 3]


def test_a_link_is_a_dependency_or_an_equal_literal():
    group = Resource(type=tokens.GROUP, name="web", urn="urn:web", outputs={"name": "web-1"})
    by_dependency = Resource(
        type=tokens.LIFECYCLE_HOOK, name="a", urn="urn:a", dependencies={"autoscalingGroupName": frozenset({"urn:web"})}
    )
    by_name = Resource(type=tokens.LIFECYCLE_HOOK, name="b", urn="urn:b", inputs={"autoscalingGroupName": "web-1"})
    neither = Resource(type=tokens.LIFECYCLE_HOOK, name="c", urn="urn:c", inputs={"autoscalingGroupName": "web"})
    graph = Graph([neither, by_name, group, by_dependency])
    found = graph.sources((tokens.LIFECYCLE_HOOK,), "autoscalingGroupName", group, "name")
    assert [hook.name for hook in found] == ["a", "b"]
    assert [target.name for target in graph.targets(by_name, "autoscalingGroupName", (tokens.GROUP,), "name")] == [
        "web"
    ]
    assert graph.get("urn:web") is group


def test_a_link_that_could_lead_anywhere_raises():
    group = Resource(type=tokens.GROUP, name="web", urn="urn:web")
    hook = Resource(type=tokens.LIFECYCLE_HOOK, name="a", urn="urn:a", inputs={"autoscalingGroupName": UNKNOWN})
    graph = Graph([group, hook])
    with pytest.raises(UnknownInputError, match="autoscalingGroupName of a"):
        graph.sources((tokens.LIFECYCLE_HOOK,), "autoscalingGroupName", group)
    with pytest.raises(UnknownInputError):
        graph.targets(hook, "autoscalingGroupName", (tokens.GROUP,))


def test_resources_come_in_the_order_of_their_urns_whatever_the_order_of_registration():
    names = ["c", "a", "b"]
    assert [one.name for one in Graph(map(resource, names)).of(tokens.GROUP)] == sorted(names)


def unanswerable():
    raise UnknownInputError("x")


def test_one_true_answer_outweighs_an_unknown_one():
    assert any_true(unanswerable, lambda: True)
    assert not any_true(list, lambda: None)
    with pytest.raises(UnknownInputError):
        any_true(unanswerable, lambda: False)
