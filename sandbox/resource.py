"""What an entry of the table says about a resource type, and the Call that its steps get."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, TypeAlias

import jmespath
from botocore.parsers import ResponseParserError

from sandbox import shapes
from sandbox.refusal import Lacking, Refusal


class Clients(Protocol):
    """Where a resource's API clients come from."""

    def client(self, service: str, region: str) -> Any:
        """The boto3 client of a service in a Region."""
        ...


Given: TypeAlias = "Callable[[Call], Any] | str | float | bytes | list[Any] | Mapping[str, Any] | None"
"""A parameter's value, or a function of the Call that gives it."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One resource at one moment: what the program wants, what it wanted, and what AWS said."""

    entry: Entry
    clients: Clients
    region: str
    account: str
    id: str = ""
    new: Mapping[str, Any] = field(default_factory=dict[str, Any])
    old: Mapping[str, Any] = field(default_factory=dict[str, Any])
    state: Mapping[str, Any] = field(default_factory=dict[str, Any])
    ignored_tags: frozenset[str] = frozenset()
    """Keys of tags that are somebody else's: they are neither shown nor taken away (the provider's `ignoreTags`)."""
    timeout_s: float = 600
    """How long a wait may take; the provider's own default for groups is 10 minutes."""
    creating: bool = False
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When the engine asked."""

    @property
    def tags(self) -> dict[str, str]:
        """The tags to write, with the provider's default tags."""
        return dict(self.new.get("tagsAll") or {})

    @property
    def partition(self) -> str:
        """The partition of the Region, as in ARNs."""
        return "aws-cn" if self.region.startswith("cn-") else "aws"

    def get(self, name: str, default: Any = None) -> Any:
        """A property: as wanted now, else as wanted before, else as AWS said."""
        for source in (self.new, self.old, self.state):
            if source.get(name) is not None:
                return source[name]
        return default

    def changed(self, *names: str) -> bool:
        """Whether any of these properties is wanted otherwise than before."""
        return any(self.new.get(name) != self.old.get(name) for name in names)

    def send(self, operation: str, /, **given: Given) -> dict[str, Any]:
        """Call an operation with these parameters; those without a value are left out."""
        return self.ask(self.entry.service, operation, given)

    def fill(self, operation: str, /, **given: Given) -> dict[str, Any]:
        """Call an operation with every property that it knows, and these parameters."""
        client = self.clients.client(self.entry.service, self.region)
        shape = self.structure(client.meta.method_to_api_mapping[operation])
        found = self.shaped(shape)
        if self.creating and self.tags and self.entry.tags_at_creation:
            found |= shapes.tag_parameters(shape, self.tags)
        return self.ask(self.entry.service, operation, {**found, **given})

    def ask(self, service: str, operation: str, given: Mapping[str, Given]) -> dict[str, Any]:
        """Call an operation of any service."""
        with _lacking(operation):
            return getattr(self.clients.client(service, self.region), operation)(**self._resolved(given))

    def _resolved(self, given: Mapping[str, Given]) -> dict[str, Any]:
        values = {key: value(self) if callable(value) else value for key, value in given.items()}
        return {key: value for key, value in values.items() if value is not None}

    def each(self, operation: str, at: str, given: Mapping[str, Given]) -> Iterator[Any]:
        """Every item that an operation lists, on all of its pages; `at` says where they are in one (JMESPath)."""
        client = self.clients.client(self.entry.service, self.region)
        if client.can_paginate(operation):
            with _lacking(operation):
                pages = list(client.get_paginator(operation).paginate(**self._resolved(given)))
        else:
            pages = [self.send(operation, **given)]
        for page in pages:
            yield from jmespath.search(at, page) or []

    def structure(self, operation: str, *path: str) -> Any:
        """The API's model of an operation's input, or of a structure inside it."""
        client = self.clients.client(self.entry.service, self.region)
        shape = client.meta.service_model.operation_model(operation).input_shape
        for member in path:
            shape = shape.members[member]
        return shape

    def shaped(self, shape: Any, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The properties (or these values) that an API structure knows, in its form."""
        return shapes.filled(shape, self.new if values is None else values, self.entry.names)

    def wait(
        self, what: str, done: Callable[[], bool], *, every_s: float = 0.5, late: Callable[[], str] | None = None
    ) -> None:
        """Wait until something is so, or refuse when the time is up; `late` says it in the real provider's words."""
        end = time.monotonic() + self.timeout_s
        while not done():
            if time.monotonic() > end:
                raise Refusal(late() if late else f"timed out after {self.timeout_s:.0f} s waiting until {what}")
            time.sleep(every_s)


@contextmanager
def _lacking(operation: str) -> Generator[None]:
    try:
        yield
    except ResponseParserError as error:
        raise Lacking(operation) from error


Step = Callable[[Call], Any]


Fact = Callable[[Call, Any], Any]
"""An output from the Call and the API's answer."""


@dataclass(frozen=True, kw_only=True)
class Naming:
    """How Pulumi names a resource that the program does not name."""

    property: str = "name"
    longest: int = 255
    lower: bool = False
    prefix: str = ""


@dataclass(frozen=True, kw_only=True)
class Tagging:
    """How the tags of an existing resource are written and read."""

    add: str
    remove: str
    target: Mapping[str, Any]
    look: str = ""
    """The operation that lists them; empty: they are in the answer about the resource."""
    look_target: Mapping[str, Any] | None = None
    """Where it differs from `target`."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One resource type.

    A changed property that neither `update` nor one of `changes` or `settings` can write replaces the resource.
    """

    service: str
    create: Step
    """Makes the resource and gives its id."""
    read: Step
    """The API's answer about the resource; None when it is gone."""
    delete: Step
    update: Step | None = None
    """Writes every property that is not in `replaces`."""
    changes: Mapping[tuple[str, ...], Step] = field(default_factory=dict[tuple[str, ...], Step])
    """Steps of an update, each for the properties that it writes."""
    settings: Mapping[tuple[str, ...], Step] = field(default_factory=dict[tuple[str, ...], Step])
    """As `changes`, and also after creation when one of the properties is given."""
    settle: Step | None = None
    """Waits after a creation or an update until AWS has done what was asked for."""
    replaces: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Property name to API name where they differ, `.name` in inner objects; empty text: never sent, never read."""
    facts: Mapping[str, Fact] = field(default_factory=dict[str, Fact])
    """Outputs that the answer does not hold as such."""
    blind: frozenset[str] = frozenset()
    """Properties that the emulator does not give back as written: what was asked for stays in the state."""
    local: frozenset[str] = frozenset()
    """Properties that only steer the provider: a change calls nothing."""
    volatile: Mapping[str, str] = field(default_factory=dict[str, str])
    """Outputs that an update of more than tags changes, so unknown in its preview; with the input, if one decides."""
    naming: Naming | None = None
    tagging: Tagging | None = None
    tags_at_creation: bool = True
    optional: bool = False
    """Only record the resource where the emulator lacks the API that makes it."""
    check: Callable[[Mapping[str, Any]], str | None] | None = None
    """What the real provider refuses before it calls AWS, as a sentence."""
