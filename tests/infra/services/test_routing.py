import pulumi
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infra.services.route_claims import RouteClaims
from infra.services.route_priority import LONGEST, PRIORITIES, priority
from infra.services.routing import HealthCheck, Route

LABEL = st.text("abcdefghij", min_size=1, max_size=6)
EXACT = st.lists(LABEL, min_size=2, max_size=4).map(lambda labels: ".".join([*labels, "example"]))
WILDCARD = st.lists(LABEL, min_size=1, max_size=3).map(lambda labels: "*." + ".".join([*labels, "example"]))
LITERAL = st.text("abc/-", max_size=40).map(lambda rest: f"/{rest}")
PATH = st.tuples(LITERAL, st.sampled_from(["", "*"])).map("".join)


def covers_path(wide: str, narrow: str) -> bool:
    """Whether every path that `narrow` matches is matched by `wide`, too."""
    if not wide.endswith("*"):
        return wide == narrow
    return narrow.removesuffix("*").startswith(wide.removesuffix("*"))


def covers_host(wide: str | None, narrow: str | None) -> bool:
    if wide is None or wide == narrow:
        return True
    return narrow is not None and wide.startswith("*.") and narrow.removeprefix("*").endswith(wide.removeprefix("*"))


@given(host=st.none() | EXACT | WILDCARD, path=LITERAL, more=st.text("abc/-", max_size=20), end=st.sampled_from("*x"))
def test_of_one_host_the_more_specific_path_comes_first(host, path, more, end):
    wide, narrow = f"{path}*", f"{path}{more}{end}"
    if wide != narrow:
        assert covers_path(wide, narrow)
        assert priority(host, narrow) < priority(host, wide)


@given(hosts=st.tuples(st.none() | EXACT | WILDCARD, st.none() | EXACT | WILDCARD), paths=st.tuples(PATH, PATH))
def test_a_more_specific_host_comes_first_whatever_the_path(hosts, paths):
    wide, narrow = hosts
    if wide != narrow and covers_host(wide, narrow):
        assert priority(narrow, paths[0]) < priority(wide, paths[1])


@given(labels=st.lists(LABEL, min_size=2, max_size=5), more=LABEL, paths=st.tuples(PATH, PATH))
def test_names_below_a_name_come_before_names_below_what_is_above_it(labels, more, paths):
    above = ".".join(labels)
    assert priority(f"{more}.{above}", paths[0]) < priority(f"*.{above}", paths[1]) < priority(None, paths[0])
    assert priority(f"*.{more}.{above}", paths[0]) < priority(f"*.{above}", paths[1])


@given(host=st.none() | EXACT | WILDCARD, path=PATH)
def test_a_priority_is_one_that_a_listener_takes_and_stays(host, path):
    assert priority(host, path) in PRIORITIES
    assert priority(host, path) == priority(host, path)


def test_priorities_do_not_change_between_releases():
    """A changed number moves the rules of everybody, and meets those that have not moved yet."""
    assert [priority("shop.example.com", "/*"), priority("*.example.com", "/*"), priority(None, "/*")] == [
        13147,
        39200,
        49890,
    ]


@pytest.mark.parametrize("length", [1, 24, 25, LONGEST - 1])
def test_the_bands_meet_and_do_not_overlap(length):
    path = "/" + "a" * (length - 1)
    assert priority("a.example", path) <= 36_000 < priority("*.example.com", path) <= 39_200 < priority(None, path)


def test_independent_stacks_rarely_meet():
    """Many sets of fixed names, which the hash spreads: the shares that the module promises, and some more."""
    met, newcomer_met, sets = 0, 0, 200
    for one in range(sets):
        *others, newcomer = [priority(f"app{number}.team{one}.example.com", "/*") for number in range(100)]
        met += len({*others, newcomer}) < 100
        newcomer_met += newcomer in others
    assert met / sets < 0.2
    assert newcomer_met / sets < 0.01


def test_paths_of_one_host_rarely_meet():
    paths = [priority("example.com", f"/{word}-service/*") for word in "abcdefghij"]
    assert len(set(paths)) == len(paths)


@example(routes=[("gi.ihbhcf.egh.example", "/acba/"), ("jjggdh.gh.ahdd.jgacef.example", "/c*")])  # one priority
@given(routes=st.lists(st.tuples(st.none() | EXACT, PATH), min_size=1, max_size=30, unique=True))
def test_every_route_of_a_program_gets_a_priority_of_its_own_or_an_error(routes):
    claims = RouteClaims()
    taken = []
    for number, (host, path) in enumerate(routes):
        try:
            taken.append(claims.claim(f"s{number}", Route(host=host, path=path)))
        except pulumi.RunError as error:
            assert "give one of them another priority" in str(error)  # noqa: PT017  both ways are right
    assert len(taken) == len(set(taken))


def test_two_services_cannot_have_the_same_requests():
    claims = RouteClaims()
    claims.claim("cart", Route(host="shop.example.com", path="/cart*"))
    with pytest.raises(
        pulumi.RunError, match=r"catalog and cart both want shop.example.com/cart\*; give them different"
    ):
        claims.claim("catalog", Route(host="shop.example.com", path="/cart*"))


def test_two_services_cannot_have_the_same_priority():
    claims = RouteClaims()
    claims.claim("cart", Route(path="/cart*", priority=7))
    says = r"/catalog\* of catalog has priority 7, and so has .*/cart\* of cart; give one of them another priority"
    with pytest.raises(pulumi.RunError, match=says):
        claims.claim("catalog", Route(path="/catalog*", priority=7))


def test_a_priority_of_ones_own_wins():
    assert Route(host="a.example.com", priority=42).chosen_priority == 42
    assert Route(path="/a?c/*/d", priority=42).chosen_priority == 42


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"path": "cart"}, r"path: must be '/' and up to 127 characters, .*, got 'cart'"),
        ({"path": "/a*b"}, "other patterns need a priority"),
        ({"path": "/" + "a" * 128}, "up to 127 characters"),
        ({"host": "Shop.example.com"}, "host: must be a domain name in lower case, .* got 'Shop.example.com'"),
        ({"host": "shop*.example.com"}, "other patterns need a priority"),
        ({"host": "*.com"}, "one of 2 to 6 labels"),
        ({"host": "shop.example.c1"}, "must be a domain name"),
        ({"host": f"{'a' * 60}.{'b' * 60}.example"}, "of up to 128 characters"),
        ({"stickiness_s": -1}, r"stickiness_s: must be 0 to 604800 s \(0: none\), got -1"),
        ({"stickiness_s": 604_801}, "stickiness_s: must be 0 to 604800 s"),
        ({"priority": 0}, "priority: must be 1 to 50000, got 0"),
        ({"deregistration_delay_s": 0}, "deregistration_delay_s: must be 1 to 3600 s, got 0"),
    ],
)
def test_a_wrong_route_is_refused(changes, says):
    with pytest.raises(pulumi.RunError, match=says):
        Route(**changes)


@pytest.mark.parametrize("matcher", ["200", "499", "200-299", "200,301-302", "200-200"])
def test_status_codes_are_one_a_range_or_a_list(matcher):
    assert HealthCheck(matcher=matcher, path="/" + "a" * 1023).matcher == matcher


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"interval_s": 5, "timeout_s": 5}, r"timeout_s: must be 2 to 4 \(less than interval_s\), got 5"),
        ({"interval_s": 300, "timeout_s": 121}, "timeout_s: must be 2 to 120"),
        ({"interval_s": 301}, "interval_s: must be 5 to 300, got 301"),
        ({"healthy_count": 1}, "healthy_count: must be 2 to 10, got 1"),
        ({"unhealthy_count": 11}, "unhealthy_count: must be 2 to 10, got 11"),
        ({"matcher": "2xx"}, "matcher: must be status codes from 200 to 499, .* got '2xx'"),
        ({"matcher": ""}, "matcher: must be status codes from 200 to 499, .* got ''"),
        ({"matcher": "200-599"}, "matcher: must be status codes"),
        ({"matcher": "199"}, "matcher: must be status codes"),
        ({"matcher": "500"}, "matcher: must be status codes"),
        ({"matcher": "200-"}, "matcher: must be status codes"),
        ({"matcher": "200,"}, "matcher: must be status codes"),
        ({"matcher": "200, 201"}, "matcher: must be status codes"),
        ({"matcher": "299-200"}, "matcher: must be status codes"),
        ({"matcher": "200\n"}, "matcher: must be status codes"),
        ({"path": "/a b"}, "path: must start with '/' and be up to 1024 printable"),
        ({"path": "/" + "a" * 1024}, "without a blank, got 1025 characters"),
        ({"path": "/ä"}, "path: must start with '/'"),
        ({"path": ""}, "path: must start with '/'"),
        ({"path": "health"}, "path: must start with '/' and be up to 1024 .*, got 'health'"),
    ],
)
def test_a_wrong_health_check_is_refused(changes, says):
    with pytest.raises(pulumi.RunError, match=says):
        HealthCheck(**changes)
