"""Each safeguard is taken out of the program and of the shop once: exactly its rules notice.

tools/mutation_list.py lists them. Out of the recorded graph each is taken alone; out of the source in batches, each of
which is run on the recorder.
"""

import pytest

from ecs_operations import RULES
from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from tests.program.detuned_shift import DETUNED_SHIFTS
from tests.program.edited_source import copied, edited
from tests.program.pack_on_graph import (
    DEFAULT_PROVIDER,
    broken,
    recorded,
    report_of,
    resources,
    shop_resources,
)
from tests.support.graph import graph_of
from tests.support.shop import shop
from tests.support.stack_files import config_of
from tools.graph_changes import detuned
from tools.mutation import batches
from tools.mutation_list import OF_THE_PLATFORM, OF_THE_SHOP

KEY = "arn:aws:kms:eu-central-1:123456789012:key/0123"


def subnet(name: str, zone: str) -> Resource:
    return Resource(
        type=tokens.SUBNET, name=name, urn=f"urn:pulumi:test::platform::{tokens.SUBNET}::{name}",
        inputs={"availabilityZoneId": zone}, outputs={"id": name}, provider=DEFAULT_PROVIDER,
    )  # fmt: skip


THREE_ZONES = [subnet(f"subnet-{letter}2", f"euc1-az{number}") for number, letter in enumerate("abc", 1)]
ONE_ZONE = [subnet(f"subnet-{letter}2", "euc1-az1") for letter in "abc"]
SMALL_HOST = Resource(
    type=tokens.LAUNCH_TEMPLATE, name="hosts", urn=f"urn:pulumi:test::platform::{tokens.LAUNCH_TEMPLATE}::hosts",
    inputs={
        "instanceType": "t4g.nano", "metadataOptions": {"httpTokens": "required"},
        "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"encrypted": "true"}}],
    },
    provider=DEFAULT_PROVIDER,
)  # fmt: skip
BESIDE_THE_PLATFORM: dict[str, tuple[list[Resource], set[str]]] = {
    "subnets of three zones": (THREE_ZONES, set()),
    "subnets of one zone": (ONE_ZONE, {"service-subnets-multi-az"}),
    "hosts that are smaller than a task": ([*THREE_ZONES, SMALL_HOST], {"taskdef-fits-instance"}),
}
"""What the platform brings → the rules that notice."""


def on_graph(mutations):
    return [pytest.param(one, id=one.says) for one in mutations if one.changes]


def in_batches(mutations):
    found = batches(one for one in mutations if one.edits)
    return [pytest.param(batch, id=f"{len(batch)} from {batch[0].says}") for batch in found]


def noticed_by(batch) -> set[str]:
    return set().union(*(one.rules for one in batch))


@pytest.fixture(scope="module")
def program() -> list[Resource]:
    return resources(recorded("prod"))


@pytest.fixture(scope="module")
def the_shop() -> list[Resource]:
    return shop_resources(shop(preview=True, keyArn=KEY))


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    return copied(tmp_path_factory.mktemp("source"))


def test_nothing_is_noticed_before_anything_is_taken_out(program, the_shop):
    assert broken(report_of(program)) == broken(report_of([*the_shop, *THREE_ZONES])) == set()


@pytest.mark.parametrize("mutation", on_graph(OF_THE_PLATFORM))
def test_exactly_its_rules_notice(program, mutation):
    report = report_of(detuned(program, mutation.changes))
    assert broken(report) == mutation.rules
    assert report.not_evaluated == ()


@pytest.mark.parametrize("mutation", on_graph(OF_THE_SHOP))
def test_exactly_its_rules_notice_in_the_shop(the_shop, mutation):
    report = report_of([*detuned(the_shop, mutation.changes), *THREE_ZONES])
    assert broken(report) == mutation.rules
    assert report.not_evaluated == ()


@pytest.mark.parametrize("batch", in_batches(OF_THE_PLATFORM))
def test_exactly_their_rules_notice_edits_of_the_source(copy, batch):
    with edited(copy, (edit for one in batch for edit in one.edits)) as program_of:
        graph = graph_of(program_of("__main__.py"), config=config_of("prod"), preview=True)
    assert broken(report_of(resources(graph))) == noticed_by(batch)


@pytest.mark.parametrize("batch", in_batches(OF_THE_SHOP))
def test_exactly_their_rules_notice_edits_of_the_source_in_the_shop(copy, batch):
    with edited(copy, (edit for one in batch for edit in one.edits)) as program_of:
        graph = shop(preview=True, program=program_of("examples/shop/__main__.py"), keyArn=KEY)
    assert broken(report_of([*shop_resources(graph), *THREE_ZONES])) == noticed_by(batch)


@pytest.mark.parametrize(("platform", "rules"), BESIDE_THE_PLATFORM.values(), ids=BESIDE_THE_PLATFORM.keys())
def test_exactly_its_rules_notice_what_the_platform_brings(the_shop, platform, rules):
    assert broken(report_of([*the_shop, *platform])) == rules


def test_every_rule_that_only_this_pack_has_is_proven_on_the_program_or_the_shop():
    own = {rule.id for rule in RULES if not rule.anchors}
    proven = {rule for one in (*OF_THE_PLATFORM, *OF_THE_SHOP) if one.changes for rule in one.rules}
    proven |= {rule for _, rules in BESIDE_THE_PLATFORM.values() for rule in rules}
    proven |= {rule for _, rules in DETUNED_SHIFTS for rule in rules}
    assert own - proven == set()
