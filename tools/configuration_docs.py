"""Writes what is made of infra/environment/settings/: the page of settings, and the schema of a stack file.

With --check, says whether they are up to date.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, cast, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from infra.environment.settings import NAMESPACE, Settings  # noqa: E402  the tool runs from anywhere

PAGE = ROOT / "docs" / "configuration.md"
SCHEMAS = (ROOT / "settings.schema.json", ROOT / "template" / "settings.schema.json")
"""Beside the stack files, which name it in their first line: editors complete and check them by it."""

HEAD = f"""# Settings

Generated from `infra/environment/settings/` by `make docs`. Each section is one key of a stack file,
`Pulumi.<stack>.yaml`:

```yaml
config:
  aws:region: eu-central-1
  {NAMESPACE}:environment: dev
  {NAMESPACE}:owner: platform-team
  {NAMESPACE}:network:
    zones: 2
```

`pulumi config set --path {NAMESPACE}:network.zones 2` writes the same. All that is wrong is reported at once, before
anything is created. A default is what production needs.
"""


def main(arguments: list[str]) -> int:
    """Write or check the files. Exit code 1 when --check finds one out of date."""
    files = {PAGE: render(), **dict.fromkeys(SCHEMAS, json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")}
    if "--check" not in arguments:
        for file, text in files.items():
            file.write_text(text)
            print(f"wrote {file.relative_to(ROOT)}")
        return 0
    old = [file for file, text in files.items() if not file.exists() or file.read_text() != text]
    for file in old:
        print(f"{file.relative_to(ROOT)} is not what infra/environment/settings/ says: run make docs", file=sys.stderr)
    return 1 if old else 0


def schema() -> dict[str, Any]:
    """The JSON schema of a stack file: keys of this program are known, those of other namespaces are left alone."""
    made = _with_empty_sections(Settings.model_json_schema(by_alias=True))
    keys = {_spelled(key): _as_written(value) for key, value in made["properties"].items()}
    config = {
        "type": "object",
        "properties": keys,
        "required": [_spelled(key) for key in made["required"]],
        "propertyNames": {"anyOf": [{"enum": list(keys)}, {"not": {"pattern": f"^{NAMESPACE}:"}}]},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Stack file of ecs-platform",
        "type": "object",
        "properties": {"config": config},
        "$defs": made["$defs"],
    }


def _as_written(value: dict[str, Any]) -> dict[str, Any]:
    """A truth value may be in quotes: the engine writes it so into the file (`pulumi config set`)."""
    if value.get("type") != "boolean":
        return value
    return value | {"type": ["boolean", "string"], "enum": [True, False, "true", "false"]}


def _with_empty_sections(node: Any) -> Any:
    """A section or map may be empty, as when all its lines are comments: then it has its defaults."""
    if isinstance(node, list):
        return [_with_empty_sections(each) for each in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    known = cast("dict[str, Any]", node)
    if "$ref" in known:
        return {"anyOf": [{"$ref": known["$ref"]}, {"type": "null"}]}
    plain = {name: _with_empty_sections(each) for name, each in known.items()}
    return plain | ({"type": ["object", "null"]} if isinstance(known.get("additionalProperties"), dict) else {})


def render() -> str:
    """The page as Markdown."""
    sections = list(_sections(Settings, ""))
    top = [name_field for name_field in Settings.model_fields.items() if not _section_of(name_field[1])]
    parts = [HEAD, "## General\n", _table([(_key(*pair), pair[1]) for pair in top])]
    for key, model in sections:
        rows = [
            (f"{key}.{field.alias or name}", field)
            for name, field in model.model_fields.items()
            if not _section_of(field)
        ]
        parts += [f"## {NAMESPACE}:{key}\n", f"{(model.__doc__ or '').strip()}\n", _table(rows)]
    return "\n".join(parts)


def _sections(model: type[BaseModel], path: str) -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in model.model_fields.items():
        if inner := _section_of(field):
            key = f"{path}{field.alias or name}"
            yield key, inner
            yield from _sections(inner, f"{key}.")


def _section_of(field: FieldInfo) -> type[BaseModel] | None:
    kinds = [kind for kind in (field.annotation, *get_args(field.annotation)) if isinstance(kind, type)]
    return next((kind for kind in kinds if issubclass(kind, BaseModel)), None)


def _key(name: str, field: FieldInfo) -> str:
    return _spelled(field.alias or name)


def _spelled(key: str) -> str:
    """As it stands in a stack file."""
    return key if ":" in key else f"{NAMESPACE}:{key}"


def _table(rows: list[tuple[str, FieldInfo]]) -> str:
    lines = [f"| `{key}` | {_kind(field)} | {_default(field)} | {field.description} |" for key, field in rows]
    return "\n".join(["| key | type | default | what it does |", "| --- | --- | --- | --- |", *lines, ""])


def _kind(field: FieldInfo) -> str:
    annotation = _without_none(field.annotation)
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    names: dict[Any, str] = {str: "text", int: "whole number", bool: "true or false", tuple: "list", dict: "map"}
    return names[get_origin(annotation) or annotation]


def _without_none(annotation: Any) -> Any:
    """What an optional value is where it is given; that it may be left out is said by its default."""
    given = [kind for kind in get_args(annotation) if kind is not type(None)]
    return given[0] if type(None) in get_args(annotation) else annotation


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "none, required"
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined or value is None:
        return "none"
    return f"`{json.dumps(value)}`"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
