"""Every entry of the table, made, looked at, changed, replaced and deleted on the emulator."""

from __future__ import annotations

import pytest

from sandbox.entries import TABLE
from sandbox.schema import schema_of
from sandbox.wire import UNKNOWN
from tests.sandbox.driver import World
from tests.sandbox.examples import EXAMPLES
from tests.sandbox.needs import NEEDS


def _names():
    return [f"{example.token.rsplit(':', 1)[-1]}-{n}" for n, example in enumerate(EXAMPLES)]


def test_every_entry_has_an_example():
    assert {example.token for example in EXAMPLES} == set(TABLE)


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
