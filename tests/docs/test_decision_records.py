"""The pages of decisions: numbered without a gap, alike, short, and found from the index and the architecture."""

import re

import pytest

from tests.docs.pages import links_of, text_of
from tests.support.stack_files import ROOT

RECORDS = sorted(path for path in (ROOT / "docs" / "adr").glob("*.md") if path.name != "README.md")
EVERY = pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)


def test_the_decisions_are_numbered_without_a_gap():
    assert [int(record.stem[:4]) for record in RECORDS] == list(range(1, len(RECORDS) + 1))


@EVERY
def test_a_decision_says_its_context_what_follows_and_what_was_rejected(record):
    lines = record.read_text().splitlines()
    assert re.fullmatch(rf"# {record.stem[:4]}\. .+", lines[0])
    assert [line for line in lines if line.startswith("## ")] == [
        "## Context", "## Decision", "## Consequences", "## Rejected",
    ]  # fmt: skip


@EVERY
def test_a_decision_fits_on_a_page(record):
    assert len(record.read_text().splitlines()) <= 50


@pytest.mark.parametrize("page", ["docs/adr/README.md", "docs/architecture.md"])
def test_every_decision_is_listed_under_its_own_title(page):
    linked = {path.resolve() for path, _ in links_of(page)}
    titles = {record.read_text().splitlines()[0].split(". ", 1)[1] for record in RECORDS}
    assert {record.resolve() for record in RECORDS} <= linked
    assert [title for title in titles if f"[{title}](" not in text_of(page)] == []
