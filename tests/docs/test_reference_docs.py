"""docs/reference/: what the library offers is on its pages, and they are what the source says."""

import re
import shutil
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path

import pulumi
import pytest

import infra
from tests.support.stack_files import ROOT
from tools import library_errors, library_source, services_docs

FOLDER = ROOT / "docs" / "reference"
CLASSES = [name for name in infra.__all__ if isinstance(getattr(infra, name), type)]
FUNCTIONS = [name for name in infra.__all__ if getattr(getattr(infra, name), "__qualname__", "") and name.islower()]


def rows_of(page: str) -> dict[str, list[str]]:
    """First cell of a row, without its backticks → the other cells."""
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", (FOLDER / page).read_text(), re.MULTILINE)
    return {name: re.split(r"(?<!\\)\| ", f"{cells} ") for name, cells in rows}


def test_the_pages_are_what_the_source_says(capsys):
    assert services_docs.main(["--check"]) == 0, capsys.readouterr().err


def test_make_writes_the_pages_and_compares_them_in_every_check():
    named = re.findall(r"tools/services_docs\.py( --check)?$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert sorted(named) == ["", " --check"]


@pytest.mark.parametrize("name", CLASSES)
def test_every_field_and_every_attribute_of_a_class_is_on_its_page(name):
    kind, rows = getattr(infra, name), rows_of(f"{name}.md")
    declared = {
        one
        for part in kind.__mro__[:-1]
        if part.__module__.startswith("infra")
        for one in vars(part).get("__annotations__", {})
    }
    assert {one for one in declared if not one.startswith("_")} <= set(rows)
    for one in fields(kind) if is_dataclass(kind) else ():
        is_required = one.default is MISSING and one.default_factory is MISSING
        assert (rows[one.name][1].strip() == "required") == is_required, one.name


@pytest.mark.parametrize("name", [one for one in CLASSES if issubclass(getattr(infra, one), pulumi.ComponentResource)])
def test_a_component_says_what_it_takes_and_what_its_constructor_refuses(name):
    text = (FOLDER / f"{name}.md").read_text()
    assert f"{name}(name: str, args: {name}Args, opts: pulumi.ResourceOptions | None = None)\n" in text
    assert "Raises pulumi.RunError for" in text


def test_a_page_says_by_which_sentences_the_class_refuses_values():
    text = (FOLDER / "ServiceArgs.md").read_text()
    assert "- `port: must be 1 to 65535, got …`\n" in text
    assert "- `volumes: a task has one volume of EBS, got …`\n" in text  # two functions away
    assert "- `registry_credentials: must be a whole secret" in (FOLDER / "Container.md").read_text()


def test_every_public_name_is_in_the_index_and_every_class_and_function_has_a_page():
    index = (FOLDER / "README.md").read_text()
    assert [name for name in infra.__all__ if f"[{name}]({name}.md)" not in index and f"`{name}`" not in index] == []
    assert {path.stem for path in FOLDER.glob("*.md")} == {"README", *CLASSES, *FUNCTIONS}
    assert {"allow", "log_router"} <= set(FUNCTIONS)


def test_each_line_of_the_index_says_something():
    index = (FOLDER / "README.md").read_text()
    assert [
        row for row in re.findall(r"^\| [\[`].*$", index, re.MULTILINE) if not re.search(r"\| \w.*\. \|$", row)
    ] == []


@pytest.fixture
def copy(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(services_docs, "FOLDER", tmp_path / "reference")
    return shutil.copytree(FOLDER, tmp_path / "reference")


def test_a_page_that_differs_one_that_is_missing_and_one_of_a_class_that_is_gone_are_found_and_mended(copy, capsys):
    page = copy / "Route.md"
    page.write_text(page.read_text().replace("`deregistration_delay_s`", "`delay`"))
    (copy / "Mount.md").unlink()
    (copy / "Gone.md").write_text("# Gone\n")
    assert services_docs.main(["--check"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "reference/Mount.md is not what the source says: run make docs",
        "reference/Route.md is not what the source says: run make docs",
        "reference/Gone.md is of a name that is gone: run make docs",
    ]
    assert services_docs.main([]) == 0
    assert services_docs.main(["--check"]) == 0
    assert not (copy / "Gone.md").exists()


def a_library(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return folder / "__init__.py"


SHAPES = '''
from __future__ import annotations
from typing import TypeAlias
from .base import Base

Sizes: TypeAlias = list[int] | Box
"""Several sizes."""

DEEP: Final = 3
SIDES: Final = range(1, 10)

@inputs
class Box(Base):
    """A box. It has sides."""

    side_mm: int = DEEP
    """Millimetres. By default 3."""
    others: Sizes | None = field(default_factory=list[int])
    lid: Lid = None
    """
    Over
    it.
    """
    _hidden: int = 0

    def problem(self) -> str | None:
        """What does not close."""
        if problem := self._sides_problem() or self.lid.fit_problem():
            return problem
        return f"lid: of {self.lid.name!r} in {DEEP}: no"

    def _sides_problem(self):
        text = f"{self.side_mm}: of no field" or "unknown: field"
        return range_problem("side_mm", self.side_mm, 1, SIDES[-1], " mm") or range_problem(f"others: {1 + 1}", 1, DEEP)

@inputs
class Lid:
    """A lid."""

    def fit_problem(self):
        return self.fit_problem() or "colour: of box and lid differ"
'''
BASE = '''
@inputs
class Base:
    """What boxes have."""

    colour: str
    """As a word."""
'''


def test_fields_have_their_types_defaults_and_words_those_of_a_base_too(tmp_path):
    door = a_library(
        tmp_path, __init__='from .shapes import Box, Lid\n__all__ = ["Box", "Lid"]\n', shapes=SHAPES, base=BASE
    )
    box, lid = library_source.items(door)
    assert [(one.name, one.type, one.default, one.text) for one in box.fields] == [
        ("colour", "str", None, "As a word."),
        ("side_mm", "int", "3", "Millimetres. By default 3."),
        ("others", "Sizes | None", "[]", ""),
        ("lid", "Lid", "None", "Over it."),
    ]
    alias = box.fields[2].names["Sizes"]
    assert alias is not None
    assert (alias.type, alias.text) == ("list[int] | Box", "Several sizes.")
    assert (box.kind, box.errors, lid.fields) == ("inputs", "What does not close.", [])
    assert library_errors.sentences(box) == [
        "side_mm: must be 1 to 9 mm, got …",
        "others: …: must be 3 or more, got …",
        "colour: of box and lid differ",
        "lid: of … in 3: no",
    ]
    pages = services_docs.pages(door)
    assert "A field of [Box](Box.md) takes it." in pages["Lid.md"]
    assert "| `others` | `Sizes \\| None` | `[]` |  |" in pages["Box.md"]
    assert "| `lid` | `Lid` | `None` | Over it. |" in pages["Box.md"]
    assert "| [Box](Box.md) | A box. |" in pages["README.md"]


def test_a_name_that_comes_from_nowhere_is_refused(tmp_path):
    door = a_library(tmp_path, __init__='__all__ = ["Box"]\n')
    with pytest.raises(ValueError, match="exports Box, and imports it from no file of the library"):
        library_source.items(door)
