"""Where things are in the pack: a rule is found by its id, and arrows between the folders go one way."""

import ast
import inspect
from pathlib import Path

import pytest

from ecs_operations import RULES
from tests.policies.cases.all_cases import BY_FILE
from tests.support.stack_files import ROOT

PACK = ROOT / "policies" / "ecs_operations"
MODULES = sorted(PACK.rglob("*.py"))
MAY_IMPORT = {
    "facts": {"facts"},
    "engine": {"engine", "facts"},
    "served": {"served", "engine", "facts"},
    "rules": {"engine.registry", "engine.sentences", "engine.shared_settings", "facts"},
    "rules/__init__": {"engine.registry", "rules"},
    "__init__": {"engine", "facts", "rules", "served"},
    "check_stack": {"", "engine"},
}
"""Folder or module → what of the pack it may import; "" is the package itself."""


def file_of(rule) -> str:
    return Path(inspect.getfile(inspect.unwrap(rule.check))).stem


def prefix(file: str) -> str:
    return file.removesuffix("_").replace("_", "-")


def imports(path: Path) -> set[str]:
    """What of the pack a module imports, without the package's own name; functions included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "ecs_operations":
            parts = node.module.split(".")[1:]
            found |= {".".join(parts)} if parts != ["engine"] else {f"engine.{alias.name}" for alias in node.names}
    return found


def test_the_file_of_a_rule_is_named_by_the_first_words_of_its_id():
    assert [rule.id for rule in RULES if not f"{rule.id}-".startswith(f"{prefix(file_of(rule))}-")] == []


def test_no_other_file_has_a_longer_part_of_the_id():
    files = {path.stem for path in (PACK / "rules").glob("*.py")} - {"__init__"}
    longer = [
        (rule.id, file)
        for rule in RULES
        for file in files
        if f"{rule.id}-".startswith(f"{prefix(file)}-") and len(file) > len(file_of(rule))
    ]
    assert longer == []


def test_the_cases_of_a_rule_are_in_a_file_of_the_same_name():
    files = {rule.id: file_of(rule) for rule in RULES}
    assert set(BY_FILE) == set(files.values())
    assert [str(case) for file, cases in BY_FILE.items() for case in cases if file != files[case.rule]] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACK)))
def test_a_module_of_the_pack_imports_only_what_its_folder_may(path):
    name = str(path.relative_to(PACK).with_suffix(""))
    allowed = MAY_IMPORT[name if name in MAY_IMPORT else name.partition("/")[0]]
    wrong = {found for found in imports(path) if not any(f"{found}.".startswith(f"{ok}.") for ok in allowed if ok)}
    assert wrong - ({""} & allowed) == set()


def test_only_one_folder_imports_pulumi():
    importers = {
        path.parent.name
        for path in MODULES
        if any(line.startswith(("import pulumi", "from pulumi")) for line in path.read_text().splitlines())
    }
    assert importers == {"served"}


def test_no_import_is_hidden_from_the_interpreter():
    assert [path.name for path in MODULES if "TYPE_CHECKING" in path.read_text()] == []
