"""Small changes of Python source, each of which is a plausible mistake: what a test of the code has to notice.

Messages, annotations, decorators and assertions stay: nothing is decided by them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

COMPARISONS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ARITHMETIC: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
}
"""`|` stays: it joins types as well as sets."""
FUNCTIONS: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}

LONGEST: Final = 300
"""Letters of a change in a report."""

Swap = Callable[[], None]
"""Makes one change in the tree that it was found in."""


@dataclass(frozen=True, kw_only=True)
class SourceChange:
    """One change of one file."""

    file: str
    index: int
    """Its number among the changes of the file."""
    line: int
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.old} → {self.new}"


def number_of_changes(source: str) -> int:
    """How many changes there are of a source."""
    return len(list(_swaps(ast.parse(source))))


def change_of(file: str, source: str, index: int) -> SourceChange:
    """One of them, in words."""
    node, swap = list(_swaps(ast.parse(source)))[index]
    old = _shown(node)
    swap()
    return SourceChange(file=file, index=index, line=getattr(node, "lineno", 0), old=old, new=_shown(node))


def changed(source: str, index: int) -> ast.Module:
    """The source with one of its changes."""
    tree = ast.parse(source)
    list(_swaps(tree))[index][1]()
    return ast.fix_missing_locations(tree)


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _swaps(tree: ast.AST) -> Iterator[tuple[ast.AST, Swap]]:
    for node in _judged(tree):
        for swap in _of(node):
            yield node, swap


def _judged(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes below that decide something, in the order of the text."""
    for name, value in ast.iter_fields(node):
        if name in ("decorator_list", "annotation", "returns") or isinstance(node, ast.JoinedStr):
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.AST) and not isinstance(each, (ast.Assert, ast.Raise)) and not _is_text(each):
                yield each
                yield from _judged(each)


def _is_text(node: ast.AST) -> bool:
    """A docstring stands by itself."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _of(node: ast.AST) -> Iterator[Swap]:
    for kind, found in _KINDS:
        if isinstance(node, kind):
            yield from found(node)


def _comparison(node: ast.Compare) -> Iterator[Swap]:
    for place, operator in enumerate(node.ops):
        if other := COMPARISONS.get(type(operator)):
            yield lambda place=place, other=other: node.ops.__setitem__(place, other())


def _logic(node: ast.BoolOp) -> Iterator[Swap]:
    yield lambda: setattr(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for place in range(len(node.values)):
        yield lambda place=place: node.values.__delitem__(place)


def _arithmetic(node: ast.BinOp | ast.AugAssign) -> Iterator[Swap]:
    if other := ARITHMETIC.get(type(node.op)):
        yield lambda: setattr(node, "op", other())


def _constant(node: ast.Constant) -> Iterator[Swap]:
    value = node.value
    if isinstance(value, bool):
        yield lambda: setattr(node, "value", not value)
    elif isinstance(value, (int, float)):
        yield lambda: setattr(node, "value", value + 1)
        yield lambda: setattr(node, "value", value - 1)


def _condition(node: ast.If | ast.IfExp | ast.While) -> Iterator[Swap]:
    yield lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test))


def _filter(node: ast.comprehension) -> Iterator[Swap]:
    for place in range(len(node.ifs)):
        yield lambda place=place: node.ifs.__delitem__(place)


def _call(node: ast.Call) -> Iterator[Swap]:
    function = node.func
    if isinstance(function, ast.Name) and (other := FUNCTIONS.get(function.id)):
        yield lambda: setattr(function, "id", other)
    for place in range(len(node.keywords)):
        yield lambda place=place: node.keywords.__delitem__(place)


def _body(node: ast.AST) -> Iterator[Swap]:
    """Each statement of a block is left out that does something: a call, a yield, a sum, an early end."""
    for name in ("body", "orelse"):
        block: list[ast.stmt] = getattr(node, name, [])
        for place, each in enumerate(block):
            if isinstance(each, (ast.Expr, ast.AugAssign, ast.Continue, ast.Break)) and not _is_text(each):
                yield partial(block.__setitem__, place, ast.Pass())


_KINDS: Final[tuple[tuple[type[ast.AST] | tuple[type[ast.AST], ...], Callable[..., Iterator[Swap]]], ...]] = (
    (ast.Compare, _comparison),
    (ast.BoolOp, _logic),
    ((ast.BinOp, ast.AugAssign), _arithmetic),
    (ast.Constant, _constant),
    ((ast.If, ast.IfExp, ast.While), _condition),
    (ast.comprehension, _filter),
    (ast.Call, _call),
    (ast.stmt, _body),
)
