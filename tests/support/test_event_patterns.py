import pytest

from tests.support.event_patterns import matches


@pytest.mark.parametrize(
    ("pattern", "event", "expected"),
    [
        ({"a": ["x"]}, {"a": "x"}, True),
        ({"a": ["x"]}, {"a": "y"}, False),
        ({"a": ["x", "y"]}, {"a": "y"}, True),
        ({"a": ["x"]}, {}, False),
        ({"a": ["x"], "b": [1]}, {"a": "x", "b": 2}, False),
        ({"a": ["x"]}, {"a": ["w", "x"]}, True),
        ({"a": {"b": ["x"]}}, {"a": {"b": "x"}}, True),
        ({"a": {"b": ["x"]}}, {"a": "x"}, False),
        ({"a": [{"prefix": "x-"}]}, {"a": "x-1"}, True),
        ({"a": [{"prefix": "x-"}]}, {"a": "y-x-1"}, False),
        ({"a": [{"prefix": "x-"}]}, {}, False),
        ({"a": [{"exists": False}]}, {}, True),
        ({"a": [{"exists": True}]}, {"a": None}, True),
        ({"a": [{"anything-but": ["x"]}]}, {"a": "y"}, True),
        ({"a": [{"anything-but": "x"}]}, {"a": "x"}, False),
        ({"a": [None]}, {"a": None}, True),
        ({"a": [None]}, {}, False),
    ],
)
def test_a_pattern_matches_as_eventbridge_documents_it(pattern, event, expected):
    assert matches(pattern, event) is expected


def test_an_operator_that_is_not_known_here_is_no_match_and_no_mismatch():
    with pytest.raises(NotImplementedError, match="cidr"):
        matches({"a": [{"cidr": "10.0.0.0/8"}]}, {"a": "10.0.0.1"})
