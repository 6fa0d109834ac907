"""Ways to take one safeguard out of a recorded graph, as the policy pack sees it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ecs_operations import Resource
from ecs_operations.facts import tokens

Change = Callable[[Sequence[Resource]], list[Resource]]
"""Returns the resources without the safeguard. Raises ValueError when it does not find what it changes."""
Inputs = dict[str, Any]


def detuned(resources: Sequence[Resource], changes: Sequence[Change]) -> list[Resource]:
    """Return the resources after all of these changes."""
    found = list(resources)
    for change in changes:
        found = change(found)
    return found


def without(kind: str, name: str = "") -> Change:
    """Take away the resources of a type whose name has this end."""
    return _each(kind, name, lambda _: None)


def edited(kind: str, name: str, edit: Callable[[Inputs], Inputs]) -> Change:
    """Put `edit(inputs)` in place of the inputs."""
    return _each(kind, name, lambda one: replace(one, inputs=edit(dict(one.inputs))))


def changed(kind: str, name: str = "", **inputs: Any) -> Change:
    """Set some inputs; None takes one away, with what it depended on."""
    gone = {key for key, value in inputs.items() if value is None}

    def change(one: Resource) -> Resource:
        return replace(
            one,
            inputs={key: value for key, value in {**one.inputs, **inputs}.items() if key not in gone},
            dependencies={key: urns for key, urns in one.dependencies.items() if key not in inputs},
        )

    return _each(kind, name, change)


def relinked(kind: str, name: str, property_: str, link: Callable[[str], str | None]) -> Change:
    """Put `link(urn)` in place of each URN that a property depends on; None takes it out."""

    def change(one: Resource) -> Resource:
        links = frozenset(urn for old in one.dependencies[property_] if (urn := link(old)) is not None)
        return replace(one, dependencies={**one.dependencies, property_: links})

    return _each(kind, name, change)


def ignoring(kind: str, name: str, *properties: str) -> Change:
    """Set the option ignoreChanges."""
    return _each(kind, name, lambda one: replace(one, ignore_changes=properties))


def opted(kind: str, name: str = "", **options: Any) -> Change:
    """Set options and links by their fields in `Resource`, as `depends_on=frozenset()`."""
    return _each(kind, name, lambda one: replace(one, **options))


def altered(kind: str, name: str, change: Callable[[Resource], Resource]) -> Change:
    """Put `change(resource)` in its place."""
    return _each(kind, name, change)


def user_data(old: str, new: str) -> Change:
    """Replace a text in the user data of launch templates."""

    def edit(inputs: Inputs) -> Inputs:
        text = base64.b64decode(inputs["userData"]).decode()
        if old not in text:
            raise ValueError(f"the user data does not hold {old!r}")
        return {**inputs, "userData": base64.b64encode(text.replace(old, new, 1).encode()).decode()}

    return edited(tokens.LAUNCH_TEMPLATE, "", edit)


def container(of: str = "frontend", **changes: Any) -> Change:
    """Change the container that a service of the shop is about; None takes a field away."""

    def edit(inputs: Inputs) -> Inputs:
        found, *beside = json.loads(inputs["containerDefinitions"])
        left = {key: value for key, value in {**found, **changes}.items() if value is not None}
        return {**inputs, "containerDefinitions": json.dumps([left, *beside])}

    return edited(tokens.TASK_DEFINITION, f"{of}-task-definition", edit)


def unprotected(kind: str, name: str = "") -> Change:
    """Take away the option protect."""
    return _each(kind, name, lambda one: replace(one, protect=False))


def provided(**inputs: Any) -> Change:
    """Set inputs of the provider of every resource."""
    return lambda resources: [replace(one, provider={**one.provider, **inputs}) for one in resources]


def joined(make: Callable[[Sequence[Resource]], Resource]) -> Change:
    """Add a resource that is made of those that are there."""
    return lambda resources: [*resources, make(resources)]


def _each(kind: str, name: str, change: Callable[[Resource], Resource | None]) -> Change:
    def on_all(resources: Sequence[Resource]) -> list[Resource]:
        if not any(one.type == kind and one.name.endswith(name) for one in resources):
            raise ValueError(f"there is no {kind} whose name ends in {name!r}")
        every = (change(one) if one.type == kind and one.name.endswith(name) else one for one in resources)
        return [one for one in every if one is not None]

    return on_all
