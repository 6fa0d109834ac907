"""What comments and docstrings name exists: files of the repository, modules, and the words between backticks."""

import re
import subprocess
import tokenize

import pytest

from tests.support.stack_files import ROOT

LISTED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
FILES = [name for name in LISTED if (ROOT / name).is_file()]
SOURCES = [name for name in FILES if name.endswith(".py")]
FOLDERS = "infra|lambdas|policies|sandbox|tests|tools|bench|template|examples|docs|data"
PATH = re.compile(rf"(?<![\w/.-])(?:{FOLDERS})/[\w./-]*\w/?")
DOTTED = re.compile(r"`((?:infra|lambdas|ecs_operations|sandbox|tools|bench|tests)(?:\.\w+)+)`")


def prose_of(source: str) -> str:
    """Comments, and texts in three quotes."""
    with (ROOT / source).open("rb") as file:
        found = [
            token.string
            for token in tokenize.tokenize(file.readline)
            if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and token.string.startswith('"""'))
        ]
    return "\n".join(found)


def lost_in(source: str) -> list[str]:
    """The paths and modules that a source names and that are not there."""
    text, here = prose_of(source), (ROOT / source).parent
    paths = [name for name in PATH.findall(text) if not (ROOT / name).exists() and not (here / name).exists()]
    modules = [name for name in DOTTED.findall(text) if not _is_module(name)]
    return sorted({*paths, *modules})


def _is_module(name: str) -> bool:
    """Whether it is a module, or a name that one defines."""
    root = ROOT / "policies" if name.startswith("ecs_operations.") else ROOT
    parts = name.split(".")
    module, owner = root.joinpath(*parts), root.joinpath(*parts[:-1])
    if module.is_dir() or module.with_suffix(".py").is_file():
        return True
    texts = [path.read_text() for path in (owner.with_suffix(".py"), owner / "__init__.py") if path.is_file()]
    return any(re.search(rf"\b{parts[-1]}\b", text) for text in texts)


@pytest.mark.parametrize("folder", sorted({name.partition("/")[0] for name in SOURCES}))
def test_every_file_and_module_that_a_source_names_exists(folder):
    lost = {source: lost_in(source) for source in SOURCES if source.partition("/")[0] == folder}
    assert {source: names for source, names in lost.items() if names} == {}


def test_what_is_not_there_is_found(tmp_path, monkeypatch):
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "here.py").write_text("KNOWN = 1\n")
    text = '# see infra/here.py, infra/gone.py\n"""`infra.here.KNOWN`, `infra.here.LOST`, `infra.old`"""\n'
    (tmp_path / "source.py").write_text(text)
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    assert lost_in("source.py") == ["infra.here.LOST", "infra.old", "infra/gone.py"]
