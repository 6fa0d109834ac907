import ipaddress
import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.environment.network.addressing import ZONE_SLOTS, AddressPlan, Tier, Zone, choose_zones

ranges = st.builds(
    lambda third, prefix: str(ipaddress.IPv4Network((f"10.{third}.0.0", prefix), strict=False)),
    st.integers(0, 255),
    st.integers(16, 20),
)
slots = st.integers(1, ZONE_SLOTS)


def a_zone(slot: int, region: str = "euc1") -> Zone:
    return Zone(id=f"{region}-az{slot}", name=f"eu-central-1{chr(96 + slot)}")


def everything(plan: AddressPlan, *, tiers: int = 8) -> list[ipaddress.IPv4Network]:
    """The subnets of every zone and of every tier that could ever be added."""
    zones = [a_zone(slot) for slot in range(1, ZONE_SLOTS + 1)]
    private = [plan.private(zone) for zone in zones]
    small = [str(plan._cut(7, 16 * (zone.slot - 1) + 8 + tier)) for zone in zones for tier in range(tiers)]
    return [ipaddress.IPv4Network(cidr) for cidr in (*private, *small)]


@given(ranges)
def test_no_two_subnets_overlap_with_every_zone_and_tier_in_use(cidr):
    subnets = everything(AddressPlan(cidr))
    assert not [(a, b) for a, b in combinations(subnets, 2) if a.overlaps(b)]


@given(ranges)
def test_the_subnets_of_all_zones_and_tiers_fill_the_range_exactly(cidr):
    whole = ipaddress.IPv4Network(cidr)
    subnets = everything(AddressPlan(cidr))
    assert all(subnet.subnet_of(whole) for subnet in subnets)
    assert sum(subnet.num_addresses for subnet in subnets) == whole.num_addresses


@given(ranges, slots)
def test_public_subnets_are_large_enough_for_a_load_balancer(cidr, slot):
    assert ipaddress.IPv4Network(AddressPlan(cidr).public(a_zone(slot))).prefixlen <= 27


@given(st.sets(slots, min_size=2), slots, ranges)
def test_a_further_zone_moves_no_subnet(chosen, added, cidr):
    plan = AddressPlan(cidr)

    def subnets(zone_slots):
        return {zone: (plan.private(a_zone(zone)), plan.public(a_zone(zone))) for zone in zone_slots}

    before, after = subnets(chosen), subnets(chosen | {added})
    assert {zone: after[zone] for zone in before} == before


def test_the_arithmetic_matches_a_plan_worked_out_by_hand():
    plan = AddressPlan("10.0.0.0/16")
    assert [plan.private(a_zone(slot)) for slot in (1, 2, 3)] == ["10.0.0.0/20", "10.0.32.0/20", "10.0.64.0/20"]
    assert [plan.public(a_zone(slot)) for slot in (1, 2, 3)] == ["10.0.16.0/23", "10.0.48.0/23", "10.0.80.0/23"]
    assert plan.small(Tier.PUBLIC, a_zone(1)) == "10.0.16.0/23"


@pytest.mark.parametrize(
    ("cidr", "says"),
    [
        ("10.0.0.0/21", "prefix /21; take /16 to /20"),
        ("10.0.0.0/8", "prefix /8; take /16 to /20"),
        ("8.8.0.0/16", "not a private range"),
        *(
            (f"{network}/16", "not a private range")
            for network in ("127.0.0.0", "169.254.0.0", "0.0.0.0", "198.18.0.0", "240.0.0.0", "192.0.0.0", "100.63.0.0")
        ),
        ("172.32.0.0/16", "not a private range"),
        ("172.17.0.0/16", "Docker"),
        ("172.17.240.0/20", "Docker"),
        ("10.0.0.1/16", "host bits set"),
        ("ten", "'ten' is no IPv4 range"),
        ("fd00::/16", "is no IPv4 range"),
    ],
)
def test_an_unusable_range_is_refused_with_a_remedy(cidr, says):
    with pytest.raises(ValueError, match=r"^cidr: ") as error:
        AddressPlan(cidr)
    assert says in str(error.value)


@pytest.mark.parametrize("zone_id", ["euc1", "euc1-az0", "euc1-az9", "usw2-lax1"])
def test_a_zone_without_a_slot_is_refused(zone_id):
    with pytest.raises(ValueError, match="-az1 to -az8"):
        _ = Zone(id=zone_id, name="x").slot


AVAILABLE = [a_zone(3), a_zone(1), a_zone(2)]


def test_zones_are_chosen_by_id_whatever_the_order_of_the_answer():
    assert choose_zones(AVAILABLE, 2, [], {}) == [a_zone(1), a_zone(2)]


def test_a_zone_that_lacks_an_instance_type_is_passed_over():
    assert choose_zones(AVAILABLE, 2, [], {"euc1-az1": ["m7g.large"]}) == [a_zone(2), a_zone(3)]


def test_named_zones_are_taken_as_named():
    assert choose_zones(AVAILABLE, 2, ["euc1-az3", "euc1-az1"], {}) == [a_zone(1), a_zone(3)]


def test_what_a_zone_lacks_that_is_not_used_does_not_matter():
    assert choose_zones(AVAILABLE, 2, ["euc1-az3", "euc1-az1"], {"euc1-az2": ["m7g.large"]}) == [a_zone(1), a_zone(3)]


HAS, ALL = "the Region has", "zones with all types are"
NONE, OR = "offers no c7g.large, m7g.large", "or change instances.types"
LACKING = {"euc1-az1": ["c7g.large", "m7g.large"]}


@pytest.mark.parametrize(
    ("count", "ids", "lacking", "says"),
    [
        (4, [], {}, f"4 zones asked for, {HAS} 3 that can be used (euc1-az1, euc1-az2, euc1-az3); ask for fewer"),
        (
            3, [], LACKING,
            f"3 zones asked for, {HAS} 2 that can be used (euc1-az2, euc1-az3), euc1-az1 {NONE}; ask for fewer, {OR}",
        ),
        (
            2, ["euc1-az1", "use1-az1"], LACKING,
            f"euc1-az1 {NONE}; use1-az1 is not in this Region; {ALL} euc1-az2, euc1-az3: name these, {OR}",
        ),
    ],
)  # fmt: skip
def test_zones_that_the_region_lacks_are_named(count, ids, lacking, says):
    with pytest.raises(ValueError, match=rf"^{re.escape(says)}$"):
        choose_zones(AVAILABLE, count, ids, lacking)
