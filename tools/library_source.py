"""What the library offers to applications, read from its source: classes, fields, methods, and what is said of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["component", "inputs", "class", "function", "constant"]
Definition: TypeAlias = ast.ClassDef | ast.FunctionDef | ast.AnnAssign

_FACTORIES: Final = {"dict": "{}", "list": "[]", "tuple": "()"}
"""Factory of a default → what it makes."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A field, an attribute or a property."""

    name: str
    type: str
    """As it is written."""
    default: str | None
    """None where it has to be given."""
    text: str
    names: Mapping[str, Alias | None]
    """What its type names: public names, and aliases with what they stand for."""


@dataclass(frozen=True, kw_only=True)
class Alias:
    """A name of a type."""

    type: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Method:
    """A function, of a class or for itself."""

    signature: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """One public name."""

    name: str
    kind: Kind
    file: Path
    text: str
    """Its docstring, with the paragraphs as they are."""
    signature: str = ""
    """Of a function; of a component that of its constructor."""
    errors: str = ""
    """What the docstring of the constructor says, or of a class of inputs what its `problem` finds."""
    fields: Sequence[Member] = ()
    """What a dataclass is made with."""
    attributes: Sequence[Member] = ()
    """What a component has, and properties."""
    methods: Sequence[Method] = ()


@dataclass(frozen=True)
class Module:
    """A file, and where its names come from."""

    file: Path
    source: str
    tree: ast.Module

    @classmethod
    @cache
    def of(cls, file: Path) -> Module:
        """The file, read once."""
        source = file.read_text()
        return cls(file, source, ast.parse(source))

    def find(self, name: str) -> tuple[Module, Definition] | None:
        """Where a name is defined, here or where it is imported from; None for what is not of the library."""
        for node in self.tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name:
                return self, node
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
                return self, node
            if isinstance(node, ast.ImportFrom) and node.level:
                for alias in node.names:
                    if (alias.asname or alias.name) == name and (file := self._imported(node)):
                        return Module.of(file).find(alias.name)
        return None

    def text_of(self, node: ast.expr | None) -> str:
        """A piece of the source in one line."""
        return " ".join((ast.get_source_segment(self.source, node) or "").split()) if node else ""

    def docstring_below(self, node: ast.stmt, body: Sequence[ast.stmt]) -> str:
        """The text that follows a field or a constant."""
        after = body[body.index(node) + 1 :][:1]
        match after:
            case [ast.Expr(value=ast.Constant(value=str(text)))]:
                return " ".join(text.split())
            case _:
                return ""

    def _imported(self, node: ast.ImportFrom) -> Path | None:
        folder = self.file.parents[node.level - 1].joinpath(*(node.module or "").split("."))
        files = (folder.with_suffix(".py"), folder / "__init__.py")
        return next((file for file in files if file.is_file()), None)


def items(door: Path) -> list[Item]:
    """Every name of `__all__` of a package file, in its order. Raises ValueError for one that it does not import."""
    module = Module.of(door)
    (names,) = (
        ast.literal_eval(node.value)
        for node in module.tree.body
        if isinstance(node, ast.Assign) and module.text_of(node.targets[0]) == "__all__"
    )
    return [_item(module, name, frozenset(names)) for name in names]


def _item(door: Module, name: str, public: frozenset[str]) -> Item:
    found = door.find(name)
    if found is None:
        raise ValueError(f"{door.file.name} exports {name}, and imports it from no file of the library")
    module, node = found
    if isinstance(node, ast.AnnAssign):
        text = module.docstring_below(node, module.tree.body)
        return Item(name=name, kind="constant", file=module.file, text=text)
    text = ast.get_docstring(node) or ""
    if isinstance(node, ast.FunctionDef):
        return Item(name=name, kind="function", file=module.file, text=text, signature=_signature(node))
    return _class(Item(name=name, kind=_kind(node), file=module.file, text=text), module, node, public)


def _class(item: Item, module: Module, node: ast.ClassDef, public: frozenset[str]) -> Item:
    """The item, with what stands in its class and in the bases of it."""
    lineage = [*_lineage(module, node)]
    functions = {one.name: one for _, part in lineage for one in _functions(part)}
    constructor = functions.get("problem" if item.kind == "inputs" else "__init__")
    declared = [*_declared(lineage, public)]
    properties = [] if item.kind == "inputs" else [*_properties(lineage, public)]
    return replace(
        item,
        signature=_signature(functions["__init__"], item.name) if item.kind == "component" else "",
        errors=(ast.get_docstring(constructor) or "") if constructor else "",
        fields=[] if item.kind == "component" else declared,
        attributes=[*declared, *properties] if item.kind == "component" else properties,
        methods=[] if item.kind == "inputs" else [*_methods(functions.values())],
    )


def declared_type(module: Module, node: ast.ClassDef, name: str) -> tuple[Module, ast.ClassDef] | None:
    """The class of the library that a field or a property of a class is of."""
    for one in node.body:
        match one:
            case ast.AnnAssign(target=ast.Name(id=found), annotation=ast.Name(id=kind)) if found == name:
                pass
            case ast.FunctionDef(name=found, returns=ast.Name(id=kind)) if found == name:
                pass
            case _:
                continue
        defined = module.find(kind)
        return (defined[0], defined[1]) if defined and isinstance(defined[1], ast.ClassDef) else None
    return None


def _kind(node: ast.ClassDef) -> Kind:
    if any(ast.unparse(base) == "pulumi.ComponentResource" for base in node.bases):
        return "component"
    return "inputs" if any(ast.unparse(one) == "inputs" for one in node.decorator_list) else "class"


def _lineage(module: Module, node: ast.ClassDef) -> Iterator[tuple[Module, ast.ClassDef]]:
    """The bases of a class within the library, and then itself."""
    for base in node.bases:
        found = module.find(base.id) if isinstance(base, ast.Name) else None
        if found and isinstance(found[1], ast.ClassDef):
            yield from _lineage(found[0], found[1])
    yield module, node


def _functions(node: ast.ClassDef) -> Iterator[ast.FunctionDef]:
    return (one for one in node.body if isinstance(one, ast.FunctionDef))


def _is_property(node: ast.FunctionDef) -> bool:
    return any(ast.unparse(one) in ("property", "cached_property") for one in node.decorator_list)


def _methods(functions: Iterable[ast.FunctionDef]) -> Iterator[Method]:
    for node in functions:
        if not node.name.startswith("_") and not _is_property(node):
            yield Method(signature=_signature(node), text=ast.get_docstring(node) or "")


def _signature(node: ast.FunctionDef, of: str | None = None) -> str:
    """Name, arguments and result, without `self`; `of` is the class whose constructor it is."""
    given = node.args
    positional = [*given.posonlyargs, *given.args]
    defaults = reversed([*zip_longest(reversed(positional), reversed(given.defaults))])
    words = [_argument(one, default) for one, default in defaults if one.arg not in ("self", "cls")]
    if given.kwonlyargs:
        words += ["*", *(_argument(*pair) for pair in zip(given.kwonlyargs, given.kw_defaults, strict=True))]
    result = f" -> {ast.unparse(node.returns)}" if node.returns and not of else ""
    return f"{of or node.name}({', '.join(words)}){result}"


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    return ast.unparse(argument) + (f" = {ast.unparse(default)}" if default else "")


def _declared(lineage: Sequence[tuple[Module, ast.ClassDef]], public: frozenset[str]) -> Iterable[Member]:
    """What the bodies annotate; a class decides for its bases."""
    found: dict[str, Member] = {}
    for module, part in lineage:
        for one in part.body:
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.target.id[0] != "_":
                text = module.docstring_below(one, part.body)
                found[one.target.id] = _member(module, one.target.id, one.annotation, public, one.value, text)
    return found.values()


def _properties(lineage: Sequence[tuple[Module, ast.ClassDef]], public: frozenset[str]) -> Iterable[Member]:
    found: dict[str, Member] = {}
    for module, part in lineage:
        for one in _functions(part):
            if _is_property(one) and one.returns and one.name[0] != "_":
                text = " ".join((ast.get_docstring(one) or "").split())
                found[one.name] = _member(module, one.name, one.returns, public, None, text)
    return found.values()


def _member(
    module: Module, name: str, annotation: ast.expr, public: frozenset[str], value: ast.expr | None, text: str
) -> Member:
    return Member(
        name=name,
        type=module.text_of(annotation),
        default=_default(module, value) if value else None,
        text=text,
        names=dict(_named(module, annotation, public)),
    )


def _named(module: Module, annotation: ast.expr, public: frozenset[str]) -> Iterator[tuple[str, Alias | None]]:
    for node in ast.walk(annotation):
        if not isinstance(node, ast.Name):
            continue
        if node.id in public:
            yield node.id, None
        elif (found := module.find(node.id)) and isinstance(found[1], ast.AnnAssign) and found[1].value:
            owner, alias = found
            text = owner.docstring_below(alias, owner.tree.body)
            yield node.id, Alias(type=owner.text_of(found[1].value), text=text)
            yield from ((name, it) for name, it in _named(owner, found[1].value, public) if it is None)


def _default(module: Module, value: ast.expr) -> str:
    match value:
        case ast.Call(func=ast.Name(id="field"), keywords=keywords):
            given = {one.arg: one.value for one in keywords}
            return _default(module, given["default"]) if "default" in given else _made(module, given["default_factory"])
        case ast.Name(id=name):
            found = module.find(name)
            if found and isinstance(found[1], ast.AnnAssign) and isinstance(found[1].value, ast.Constant):
                return repr(found[1].value.value)
            return name
        case _:
            return module.text_of(value)


def _made(module: Module, factory: ast.expr) -> str:
    if isinstance(factory, ast.Lambda):
        return module.text_of(factory.body)
    name = module.text_of(factory).partition("[")[0]
    return _FACTORIES.get(name, f"{name}()")
