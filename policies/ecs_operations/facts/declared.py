"""What a component declares of its children.

JSON that is made from an output is unknown as a whole before the deployment, and with it all that rules would judge.
A component that passes the same structure to its own constructor, under the property's name, makes it known again but
for the leaves that only AWS knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import Unknown, is_set, plain


def with_declarations(resources: Iterable[Resource]) -> list[Resource]:
    """Return the resources, each with what its parent declares in place of what is not known."""
    found = list(resources)
    by_urn = {resource.urn: resource.inputs for resource in found}
    return [completed(resource, by_urn.get(resource.parent or "", {})) for resource in found]


def completed(resource: Resource, declared: Mapping[str, Any]) -> Resource:
    """Return the resource with these values in place of inputs that are not known."""
    told = {
        name: plain(declared[name], name)
        for name, value in resource.inputs.items()
        if isinstance(value, Unknown) and is_set(declared.get(name))
    }
    return replace(resource, inputs={**resource.inputs, **told}) if told else resource
