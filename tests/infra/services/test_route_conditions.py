"""What a request has to have beside host and path, and the order of rules that follows."""

from itertools import product

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from infra.services.route_claims import RouteClaims
from infra.services.route_priority import PRIORITIES, STEP, priority
from infra.services.routing import Route
from tests.support.service import graph_with

HOSTS = [None, "*.example.com", "*.shop.example.com", "a.shop.example.com", "b.example.com"]
PATHS = ["/*", "/a*", "/ab*", "/ab", "/ab/cd*", "/ab/cd", f"/ab/{'c' * 60}*"]
VALUES = {"method": ["GET", "HEAD", "POST"], "header x": ["1", "2", "3"], "query k": ["1"], "source": ["10/8", "11/8"]}


@st.composite
def conditions(draw, most: int = 4) -> dict[str, tuple[str, ...]]:
    names = draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True, max_size=most))
    found, left = {}, most
    for number, name in enumerate(names):
        room = max(1, min(len(VALUES[name]), left - (len(names) - number - 1)))
        found[name] = tuple(draw(st.lists(st.sampled_from(VALUES[name]), unique=True, min_size=1, max_size=room)))
        left -= len(found[name])
    return found


@st.composite
def narrower(draw, wide: dict[str, tuple[str, ...]], most: int = 4) -> dict[str, tuple[str, ...]]:
    """Conditions that only match what `wide` matches."""
    found = {
        name: tuple(draw(st.lists(st.sampled_from(values), unique=True, min_size=1, max_size=len(values))))
        for name, values in wide.items()
    }
    for name in draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True)):
        if name not in found and sum(map(len, found.values())) < most:
            found[name] = (draw(st.sampled_from(VALUES[name])),)
    return found


def given_to(conditions: dict[str, tuple[str, ...]]) -> list[list[str]]:
    return [[f"{name} {value}" for value in values] for name, values in conditions.items()]


def covers(wide: str | None, narrow: str | None) -> bool:
    if wide is None or wide == narrow:
        return True
    return narrow is not None and wide.startswith("*.") and narrow.removeprefix("*").endswith(wide.removeprefix("*"))


def covers_path(wide: str, narrow: str) -> bool:
    return wide == narrow or (wide.endswith("*") and narrow.removesuffix("*").startswith(wide.removesuffix("*")))


WITHIN = [
    (hosts, paths)
    for hosts in product(HOSTS, HOSTS)
    for paths in product(PATHS, PATHS)
    if covers(*hosts) and covers_path(*paths)
]
"""Pairs of hosts and of paths, the wide one first."""


@given(
    hosts_and_paths=st.sampled_from(WITHIN),
    both=conditions().flatmap(lambda wide: st.tuples(st.just(wide), narrower(wide))),
)
def test_a_route_that_lies_within_another_one_comes_first(hosts_and_paths, both):
    hosts, paths = hosts_and_paths
    wide, narrow = ((host, path, given_to(one)) for host, path, one in zip(hosts, paths, both, strict=True))
    same = [{name: set(values) for name, values in one.items()} for one in both]
    assume((*wide[:2], same[0]) != (*narrow[:2], same[1]))
    assert priority(*narrow) < priority(*wide)


@given(host=st.sampled_from(HOSTS), path=st.sampled_from(PATHS), one=conditions())
def test_of_one_host_and_path_more_conditions_come_first(host, path, one):
    fewer = dict(list(one.items())[1:])
    assume(one)
    assert priority(host, path, given_to(one)) < priority(host, path, given_to(fewer)) <= priority(host, path)


@given(path=st.sampled_from(PATHS), one=conditions(), other=conditions())
def test_an_exact_host_comes_before_every_host_whatever_else_they_ask_for(path, one, other):
    assert priority("a.shop.example.com", path, given_to(one)) < priority(None, path, given_to(other))


@given(host=st.sampled_from(HOSTS), path=st.sampled_from(PATHS), one=conditions())
def test_a_priority_is_one_that_a_listener_takes_whatever_the_order_of_the_conditions(host, path, one):
    found = priority(host, path, given_to(one))
    assert found in PRIORITIES
    turned = {name: values[::-1] for name, values in reversed(one.items())}
    assert priority(host, path, given_to(turned)) == found


def test_priorities_of_further_conditions_do_not_change_between_releases():
    found = [
        priority("shop.example.com", "/*", [["method GET"]]),
        priority("*.example.com", "/*", [["method GET"]]),
        priority(None, "/*", [["header x-a: b"], ["query c=d"]]),
        priority(None, "/*", [["source 192.0.2.0/24"]] * 4),
    ]
    assert found == [12873, 38958, 49231, 49063]


def test_methods_of_one_path_rarely_meet():
    hosts = [f"app{number}.example.com" for number in range(200)]
    met = [host for host in hosts if priority(host, "/*", [["method GET"]]) == priority(host, "/*", [["method POST"]])]
    assert len(met) < 200 * 2 / STEP


def test_where_no_priority_is_left_the_route_needs_one():
    """Of a host at the very beginning of the band, a path as long as they come."""
    hosts = [f"h{number}.example.com" for number in range(2000)]
    path = "/" + "a" * 126 + "*"
    (first, *_) = [host for host in hosts if priority(host, path, [["method GET"]]) < 1]
    with pytest.raises(pulumi.RunError, match=r"priority: no priority before other routes of h\d+.example.com is left"):
        Route(host=first, path=path, methods=["GET"])
    assert Route(host=first, path=path, methods=["GET"], priority=1).chosen_priority == 1


def test_conditions_stand_in_the_rule():
    route = Route(
        host="x.test.example.com", methods=["GET"], headers={"X-Beta": "yes"}, source_cidrs=["2001:db8::/32"],
        priority=9, path="/*",
    )  # fmt: skip
    with pytest.raises(pulumi.RunError, match="methods: a rule has 5 values at most, got 6 with path and host"):
        Route(host="x.test.example.com", methods=["GET", "HEAD"], headers={"X-Beta": ["yes", "y"]})
    rule = graph_with(route=Route(headers={"X-Beta": ["yes", "y*"]}, query={"a": "1", "b": "2"}))
    assert rule.one(aws.lb.ListenerRule)["conditions"] == [
        {"pathPattern": {"values": ["/*"]}},
        {"httpHeader": {"httpHeaderName": "X-Beta", "values": ["yes", "y*"]}},
        {"queryStrings": [{"key": "a", "value": "1"}]},
        {"queryStrings": [{"key": "b", "value": "2"}]},
    ]
    assert str(route) == "x.test.example.com/*, method GET, header x-beta: yes, source 2001:db8::/32"


def test_two_services_may_share_a_path_by_method_and_not_the_same_one():
    claims = RouteClaims()
    claims.claim("reads", Route(path="/cart*", methods=["GET", "HEAD"]))
    claims.claim("writes", Route(path="/cart*", methods=["POST"]))
    claims.claim("rest", Route(path="/cart*"))
    with pytest.raises(pulumi.RunError, match=r"other and reads both want .*, method HEAD or method GET; give them"):
        claims.claim("other", Route(path="/cart*", methods=["HEAD", "GET"]))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"methods": ["get"]}, "methods: must be up to 40 of A-Z, - and _, for example GET, got 'get'"),
        ({"methods": ["A" * 41]}, "methods: must be up to 40"),
        ({"methods": "GET"}, r"methods: must be a list of texts, got 'GET'; write \['GET'\]"),
        ({"headers": {"Host": "a.example.com"}}, "headers: the host is a condition of its own; write host=..."),
        (
            {"headers": {"X A": "b"}},
            "headers: a name must be up to 40 letters, digits and signs of a header, got 'X A'",
        ),
        ({"headers": {"a" * 41: "b"}}, "headers: a name must be up to 40"),
        ({"headers": {"X-A": []}}, r"headers: X-A must have a value; write '\*' for any"),
        ({"headers": {"X-A": ""}}, "headers: X-A must be 1 to 128 printable ASCII characters, got ''"),
        ({"headers": {"X-A": ["b", "c" * 129]}}, "headers: X-A must be 1 to 128 printable"),
        ({"headers": ["X-A"]}, r"headers: must map names to texts or lists, got \['X-A'\]"),
        ({"query": {"a": ""}}, "query: a must be 1 to 128 printable ASCII characters, got ''"),
        ({"query": {"a": 1}}, "query: a must be a text, got 1; write '1'"),
        ({"source_cidrs": ["192.0.2.1"]}, r"source_cidrs: must be networks, got '192.0.2.1'; write '192.0.2.1/32'"),
        (
            {"source_cidrs": ["192.0.2.1/24"]},
            r"source_cidrs: must be networks like .*\(192.0.2.1/24 has host bits set\)",
        ),
        ({"source_cidrs": ["everywhere/0"]}, "source_cidrs: must be networks like 192.0.2.0/24, got 'everywhere/0'"),
        ({"query": {"a": "1", "b": "2", "c": "3", "d": "4", "e": "5"}}, "query: a rule has 5 values at most, got 6"),
        (
            {"headers": {"X-A": "*?*", "X-B": "*?*"}},
            "headers: a rule has 6 wildcards at most, got 7 with path and host",
        ),
    ],
)
def test_wrong_conditions_are_refused(changes, says):
    with pytest.raises(pulumi.RunError, match=says):
        Route(**changes)
