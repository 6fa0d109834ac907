"""What a mutation is: a safeguard that can be taken out, as a change of the recorded graph and as edits of source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tools.graph_changes import Change


@dataclass(frozen=True)
class Edit:
    """One change of one file of the repository."""

    file: str
    old: str
    new: str = ""

    def __call__(self, source: str) -> str:
        """Return the source without the safeguard; raise ValueError when it is not there."""
        if self.old not in source:
            raise ValueError(f"{self.file} does not hold {self.old!r}")
        return source.replace(self.old, self.new, 1)


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """A safeguard that is taken out, and the rules that notice: exactly these."""

    says: str
    rules: frozenset[str]
    changes: tuple[Change, ...] = ()
    """Of the recorded graph. By default it is taken out of the source only."""
    edits: tuple[Edit, ...] = ()
    """Of the source. By default it is taken out of the graph only."""
    hides: frozenset[str] = frozenset()
    """First words of ids of rules that have nothing to judge while it is out, so that no other mutation may join it."""


def mutation(says: str, rules: str, *parts: Change | Edit, hides: str = "") -> Mutation:
    """Return a mutation of changes and edits; rules and what it hides are given in one text each, with spaces."""
    return Mutation(
        says=says,
        rules=frozenset(rules.split()),
        changes=tuple(part for part in parts if not isinstance(part, Edit)),
        edits=tuple(part for part in parts if isinstance(part, Edit)),
        hides=frozenset(hides.split()),
    )


def batches(mutations: Iterable[Mutation]) -> list[list[Mutation]]:
    """Return the mutations in batches that can be made at once.

    Their rules and their places differ, and none hides another's.
    """
    found: list[list[Mutation]] = []
    for one in mutations:
        batch = next((batch for batch in found if not any(_apart(one, other) for other in batch)), None)
        if batch is None:
            found.append([one])
        else:
            batch.append(one)
    return found


def _apart(one: Mutation, other: Mutation) -> bool:
    return bool(one.rules & other.rules) or _hidden(one, other) or _hidden(other, one) or _meet(one, other)


def _meet(one: Mutation, other: Mutation) -> bool:
    """Whether both change the same place."""
    pairs = ((mine, its) for mine in one.edits for its in other.edits if mine.file == its.file)
    return any(mine.old in its.old or its.old in mine.old for mine, its in pairs)


def _hidden(one: Mutation, by: Mutation) -> bool:
    return any(f"{rule}-".startswith(f"{start}-") for rule in one.rules for start in by.hides)
