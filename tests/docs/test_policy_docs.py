from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from ecs_operations import RULES

ROOT = Path(__file__).parents[2]


def check(root: Path) -> int:
    command = [sys.executable, str(root / "tools" / "policy_docs.py"), "--check"]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_the_page_of_the_policies_is_generated_from_the_rules():
    assert check(ROOT) == 0, "run python tools/policy_docs.py"


def test_a_page_that_differs_is_found(tmp_path: Path):
    for part in ("policies", "tools/policy_docs.py", "docs/policies.md"):
        target = tmp_path / part
        target.parent.mkdir(parents=True, exist_ok=True)
        source = ROOT / part
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    page = tmp_path / "docs" / "policies.md"
    page.write_text(page.read_text() + "edited by hand\n")
    assert check(tmp_path) == 1


def test_every_rule_has_a_section_with_its_reason_and_its_remedy():
    text = (ROOT / "docs" / "policies.md").read_text()
    assert [rule.id for rule in RULES if f"## {rule.id}\n" not in text] == []
    assert [rule.id for rule in RULES if rule.why not in text or rule.fix not in text] == []
