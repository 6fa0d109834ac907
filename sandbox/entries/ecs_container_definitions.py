"""Container definitions as the real provider reads them: JSON whose values have the types of the API.

It decodes the document into the API's structures and refuses another type (terraform-provider-aws,
ecs/task_definition.go); a number in a text's place never becomes a request.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import botocore.session

from sandbox.shapes import plain_name

_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "float": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "map": (dict,),
    "structure": (dict,),
}
_NAMES: Final = {bool: "bool", int: "number", float: "number", str: "string", list: "array", dict: "object"}


@cache
def _shape() -> Any:
    model = botocore.session.get_session().get_service_model("ecs")
    asked: Any = model.operation_model("RegisterTaskDefinition").input_shape
    return asked.members["containerDefinitions"]


def problem(text: str) -> str | None:
    """What the real provider refuses in this document, as a sentence."""
    try:
        document = json.loads(text)
    except ValueError as error:
        return f"ECS Task Definition container_definitions is invalid: decoding JSON: {error}"
    wrong = next(_wrong(_shape(), document, "containerDefinitions"), None)
    return f"ECS Task Definition container_definitions is invalid: {wrong}" if wrong else None


def _wrong(shape: Any, value: Any, path: str) -> Iterator[str]:
    if value is None:
        return
    if not _has_type(shape.type_name, value):
        yield f"cannot unmarshal {_NAMES[type(value)]} into {path} of type {shape.type_name}"
        return
    for inner, item, name in _within(shape, value):
        yield from _wrong(inner, item, f"{path}.{name}")


def _within(shape: Any, value: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Shape, value and name of everything in a value; Go reads names without regard to case and skips unknown ones."""
    match shape.type_name:
        case "list":
            yield from ((shape.member, item, number) for number, item in enumerate(value))
        case "map":
            yield from ((shape.value, item, key) for key, item in value.items())
        case "structure":
            known = {plain_name(name): name for name in shape.members}
            found = [(known.get(plain_name(key)), item) for key, item in value.items()]
            yield from ((shape.members[name], item, name) for name, item in found if name)
        case _:
            pass


def _has_type(wanted: str, value: Any) -> bool:
    """A boolean is no number here, though it is one in Python."""
    return isinstance(value, _TYPES.get(wanted, (object,))) and (wanted == "boolean" or not isinstance(value, bool))
