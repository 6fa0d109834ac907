"""Every entry of the table, made, looked at, changed, replaced and deleted on the emulator."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from sandbox import entries
from sandbox.entries import TABLE
from sandbox.schema import schema_of
from sandbox.tests.driver import World
from sandbox.tests.needs import NEEDS
from sandbox.wire import UNKNOWN

STEMS = sorted(path.stem for path in (Path(__file__).parent / "examples").glob("*.py"))
EXAMPLES = [example for stem in STEMS for example in import_module(f"sandbox.tests.examples.{stem}").EXAMPLES]
"""One for each entry of the table, and where AWS knows two kinds of a type, for each kind."""
PARTS = {"alb": "lb", "vpc": "ec2"}
"""Parts of pulumi_aws whose types are also in another part, or about the things of another part."""


def _names():
    return [f"{example.token.rsplit(':', 1)[-1]}-{n}" for n, example in enumerate(EXAMPLES)]


def test_every_entry_has_an_example_in_the_file_of_the_same_name():
    for stem in STEMS:
        examples = import_module(f"sandbox.tests.examples.{stem}").EXAMPLES
        assert {example.token for example in examples} == set(getattr(entries, stem).ENTRIES), stem
    assert {example.token for example in EXAMPLES} == set(TABLE)


@pytest.mark.parametrize("stem", STEMS)
def test_an_entry_is_in_a_file_named_after_its_part_of_pulumi_aws(stem):
    parts = {token.split(":")[1].split("/")[0] for token in getattr(entries, stem).ENTRIES}
    assert {PARTS.get(part, part) for part in parts} == {stem.split("_")[0]}


def test_every_token_and_property_of_the_table_exists():
    for token, entry in TABLE.items():
        schema = schema_of(token)
        assert schema is not None, token
        written = {name for names in (*entry.changes, *entry.settings) for name in names}
        assert written | entry.replaces | entry.local <= schema.inputs.keys() | {"tagsAll"}, token
        assert (
            entry.facts.keys() | entry.blind | entry.volatile.keys() <= schema.outputs.keys() | schema.inputs.keys()
        ), token


@pytest.fixture
def world(driver):
    made = World(driver, NEEDS)
    yield made
    made.forget()


@pytest.mark.parametrize("example", EXAMPLES, ids=_names())
def test_a_type_lives_its_whole_life(example, world):
    driver = world.driver
    inputs = world.resolved(example.inputs)
    foretold = driver.preview(example.token, inputs)
    made = driver.create(example.token, inputs)

    known = {name: value for name, value in foretold.items() if value is not UNKNOWN}
    assert known.items() <= made.outputs.items(), "a preview promises only what creation keeps"
    looked = driver.read(made)
    assert looked is not None
    assert looked.inputs == made.inputs, "a look at a fresh resource finds nothing changed"
    assert driver.diff(made, inputs).changes == 1, "the same program changes nothing"

    if example.change:
        changed = {**inputs, **world.resolved(example.change)}
        found = driver.diff(made, changed)
        assert set(world.resolved(example.change)) <= set(found.diffs)
        assert list(found.replaces) == []
        made = driver.update(made, changed)
        looked = driver.read(made)
        assert looked is not None
        assert looked.inputs == made.inputs, "AWS holds the change"
    if example.replace:
        found = driver.diff(made, {**made.inputs, **world.resolved(example.replace)})
        assert set(example.replace) <= set(found.replaces)

    driver.delete(made)
    if not example.stays:
        assert driver.read(made) is None
        driver.delete(made)
