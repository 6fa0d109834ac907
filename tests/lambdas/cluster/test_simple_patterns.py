"""Patterns of placement constraints: what is understood means what `re` says, and nothing takes long."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.cluster.placement_constraints import parse
from lambdas.cluster.services import Constraint
from lambdas.cluster.simple_patterns import matches, understood

ATOMS = st.sampled_from(["a", "b", "1", ".", r"\.", r"\d", "[ab]", "[^a]", "-"])
SEQUENCES = st.lists(st.tuples(ATOMS, st.sampled_from(["", "*", "+", "?"])).map("".join), max_size=5).map("".join)
PATTERNS = st.lists(SEQUENCES, min_size=1, max_size=3).map("|".join)


@given(PATTERNS, st.text("ab1.-", max_size=6))
def test_a_pattern_matches_what_re_matches(pattern, text):
    assert understood(pattern)
    assert matches(pattern, text) == bool(re.fullmatch(pattern, text))


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("m7g.*", "m7g.large", True),
        ("m7g.*", "c7g.large", False),
        ("^m7g\\.(large)$", "m7g.large", None),
        ("^[mc]7g\\..*large$", "c7g.2xlarge", True),
        ("m7g.large|c7g.large", "c7g.large", True),
        ("", "", True),
        ("a{2,9}", "aa", None),
        ("a*?", "a", None),
        ("a*+", "a", None),
        ("*", "a", None),
        ("[z-a]", "a", None),
        ("[a", "a", None),
        ("\\1", "a", None),
        ("\\bx", "x", None),
        ("a^b", "a", None),
        ("a" * 2001, "a", None),
    ],
)
def test_what_is_understood_and_what_is_not(pattern, text, expected):
    assert understood(pattern) == (expected is not None)
    assert matches(pattern, text) == bool(expected)


@pytest.mark.parametrize("pattern", [".*" * 40 + "x", "a?" * 600 + "a" * 600, "a*" * 900 + "b", "[ab]*" * 300 + "c"])
def test_patterns_that_re_takes_ages_for(pattern):
    # No time is asserted: with backtracking none of these would come to an end.
    assert understood(pattern)
    assert not matches(pattern, "ab" * 20)


def test_a_constraint_whose_pattern_is_not_understood_is_handed_back():
    nasty = "attribute:ecs.instance-type =~ a{1,9}a{1,9}"
    assert parse([Constraint(kind="memberOf", expression=nasty)]) == ((), (nasty,))
    (condition,), ignored = parse(
        [Constraint(kind="memberOf", expression="attribute:ecs.instance-type =~ " + "m7.*" * 20)]
    )
    assert not condition.allows("a", "m7g.large" * 9)
    assert ignored == ()
