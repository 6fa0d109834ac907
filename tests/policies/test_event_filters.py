"""Event patterns let pass what EventBridge says, as far as they are read."""

from __future__ import annotations

import pytest

from ecs_operations.facts.controllers import ANY_SUFFIX as SUFFIX_OF_NAMES
from ecs_operations.facts.event_patterns import ANY_SUFFIX, ANYTHING, passes
from ecs_operations.facts.values import UnknownInputError

EVENT = {
    "source": "aws.autoscaling",
    "detail": {"group": f"web-{ANY_SUFFIX}", "hook": ["drain", "ready"], "id": ANYTHING},
}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({}, True), ("no pattern", True),
        ({"source": ["aws.autoscaling"]}, True), ({"source": "aws.autoscaling"}, True),
        ({"source": ["aws.ec2"]}, False),
        ({"source": [{"prefix": "aws."}]}, True), ({"source": [{"prefix": {"equals-ignore-case": "AWS."}}]}, True),
        ({"source": [{"suffix": "scaling"}]}, True), ({"source": [{"suffix": {"equals-ignore-case": "EC2"}}]}, False),
        ({"source": [{"wildcard": "aws.*ing"}]}, True), ({"source": [{"wildcard": "*.ec2"}]}, False),
        ({"source": [{"equals-ignore-case": "AWS.AutoScaling"}]}, True),
        ({"source": [{"anything-but": "aws.autoscaling"}]}, False), ({"source": [{"anything-but": ["aws.ec2"]}]}, True),
        ({"source": [{"anything-but": {"prefix": "aws."}}]}, False),
        ({"source": [{"exists": True}]}, True), ({"source": [{"exists": False}]}, False),
        ({"eventName": ["x"]}, False), ({"eventName": [{"exists": False}]}, True),
        ({"detail": {"hook": ["ready"]}}, True), ({"detail": {"hook": ["other"]}}, False), ({"detail": ["x"]}, False),
        ({"detail": {"group": [{"prefix": "web-"}]}}, True), ({"detail": {"group": ["web-1"]}}, False),
        ({"detail": {"id": ["i-1"]}}, True), ({"detail": {"id": [{"exists": False}]}}, False),
        ({"detail": {"id": {"of": ["x"]}}}, True), ({"source": {"of": ["x"]}}, False),
        ({"$or": [{"source": ["aws.ec2"]}, {"detail": {"hook": ["drain"]}}]}, True),
        ({"$or": [{"source": ["aws.ec2"]}]}, False),
    ],
)  # fmt: skip
def test_a_pattern_lets_pass_what_its_filters_say(pattern, expected):
    assert passes(pattern, EVENT) is expected


@pytest.mark.parametrize("filters", [[{"numeric": [">", 0]}], [{"suffix": "1"}]])
def test_what_cannot_be_told_is_not_guessed(filters):
    with pytest.raises(UnknownInputError):
        passes({"detail": {"group": filters}}, EVENT)


def test_names_and_patterns_mean_the_same_random_end():
    assert ANY_SUFFIX == SUFFIX_OF_NAMES
