"""The sentences by which a class of inputs refuses values, read from its source: those that `problem` may return."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tools.library_source import Item, Module, declared_type

LATE: Final = "…"
"""What stands in a sentence for a value that is known only when it is said."""

_RANGE: Final = "range_problem"
_SENTENCE: Final = re.compile(r"(?P<field>[a-z_]+): .*[a-z]")
"""The name of a field, and words: not only values."""


def sentences(item: Item) -> list[str]:
    """What `problem` of a class of inputs may say of its fields, in the order of the source, each once."""
    defined = Module.of(item.file).find(item.name)
    if defined is None or not isinstance(defined[1], ast.ClassDef):
        return []
    module, node = defined[0], defined[1]
    fields = {one.name for one in item.fields}
    found = _Reader().method(module, node, "problem")
    return [text for text in dict.fromkeys(found) if (it := _SENTENCE.match(text)) and it["field"] in fields]


@dataclass(frozen=True)
class _Reader:
    """Follows calls from function to function, each once."""

    seen: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])

    def method(self, module: Module, of: ast.ClassDef, name: str) -> Iterator[str]:
        for one in of.body:
            if isinstance(one, ast.FunctionDef) and one.name == name:
                yield from self.function(module, of, one)

    def function(self, module: Module, of: ast.ClassDef | None, node: ast.FunctionDef) -> Iterator[str]:
        place = (str(module.file), node.lineno)
        if place not in self.seen:
            self.seen.add(place)
            for statement in node.body:
                yield from self._within(module, of, statement)

    def _within(self, module: Module, of: ast.ClassDef | None, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            yield _text(module, node)
            return
        if isinstance(node, ast.Call):
            yield from self._called(module, of, node)
        for child in ast.iter_child_nodes(node):
            yield from self._within(module, of, child)

    def _called(self, module: Module, of: ast.ClassDef | None, call: ast.Call) -> Iterator[str]:
        match call.func:
            case ast.Name(id=name) if name == _RANGE:
                yield _range(module, call)
            case ast.Name(id=name) if name.endswith("problem"):
                found = module.find(name)
                if found and isinstance(found[1], ast.FunctionDef):
                    yield from self.function(found[0], None, found[1])
            case ast.Attribute(value=ast.Name(id="self"), attr=name) if of:
                yield from self.method(module, of, name)
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id="self"), attr=owner), attr=name) if of:
                found = declared_type(module, of, owner)
                if found and name.endswith("problem"):
                    yield from self.method(*found, name)
            case _:
                return


def _range(module: Module, call: ast.Call) -> str:
    """As `range_problem` says it (infra/common/inputs.py)."""
    name, _, least, *rest = [*call.args, *(one.value for one in call.keywords)]
    most, unit = [*rest, None, None][:2]
    end = "or more" if most is None or _value(module, most) is None else f"to {_shown(module, most)}"
    what = f"{_shown(module, least)} {end}{_shown(module, unit) if unit else ''}"
    return f"{_shown(module, name)}: must be {what}, got {LATE}"


def _text(module: Module, node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(module, one) for one in node.values)
    if isinstance(node, ast.FormattedValue):
        return _shown(module, node.value)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else LATE


def _shown(module: Module, node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return _text(module, node)
    value = _value(module, node)
    return LATE if value is ... else f"{value}"


def _value(module: Module, node: ast.expr) -> Any:
    """The value of a literal, of a constant, or of an end of a range; `...` for what is known later."""
    match node:
        case ast.Name(id=name):
            found = module.find(name)
            if found and isinstance(found[1], ast.AnnAssign) and found[1].value:
                return _value(found[0], found[1].value)
            return ...
        case ast.Call(func=ast.Name(id="range"), args=[first, last]):
            ends = (_value(module, first), _value(module, last))
            return ... if ... in ends else range(*ends)
        case ast.Subscript(value=whole, slice=index):
            values, place = _value(module, whole), _value(module, index)
            return values[place] if isinstance(values, range) and isinstance(place, int) else ...
        case _:
            try:
                return ast.literal_eval(node)
            except ValueError:
                return ...
