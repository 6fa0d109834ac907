"""Takes safeguards out of the source, one by one, and shows that a preview with the policy pack fails by rule name.

Each mutation of tools/mutation_list.py that has edits is made in a copy and previewed by the real engine: those of the
platform on the settings of prod, those of services on the example, which stands on the outputs of a platform. Every
level is mandatory, so that advisories count, but for that of what no preview can judge; beforehand the production
profile has to be kept as it is. Exit code 0 when all is as it should be.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "policies"))  # the list names what the pack knows

from tools import demo_shop, standing_platform
from tools.mutation import Mutation
from tools.mutation_list import OF_THE_PLATFORM, OF_THE_SHOP
from tools.sandboxed import Project, project_copy

PRODUCTION = "policies/config/production.json"
STRICT = "strict.json"
UNJUDGED = "pack-not-judged"
"""Says what stands in another stack, as the platform of the example does: no safeguard that could be missing."""
_VIOLATION = re.compile(
    r"^\s*(?:\[mandatory\]\s+ecs-operations v\S+|- \[mandatory\](?:\s+\[severity: \w+\])?)\s+(\S+)", re.MULTILINE
)
"""A mandatory finding as the engine of 3.79 prints it, or one of today: under its pack, with its severity."""


@dataclass(frozen=True)
class Stage:
    """A program that is previewed with the pack, and where its source lies."""

    project: Project
    arguments: tuple[str, ...]
    """Of every preview."""
    sources: Mapping[str, Path]
    """First folder of a mutation's file → where that folder lies."""

    def preview(self, profile: str) -> tuple[int, frozenset[str]]:
        """The exit code of a preview, and the mandatory rules that it breaks."""
        pack = ("--policy-pack", "policies", "--policy-pack-config", profile)
        done = self.project.pulumi("preview", *self.arguments, *pack, "--suppress-outputs")
        found = broken_rules(done.text)
        if done.code and not found:
            raise RuntimeError(done.text)
        return done.code, found

    def file(self, name: str) -> Path:
        """Where a file of the repository lies in the copy."""
        folder, _, rest = name.partition("/")
        return self.sources[folder] / rest


def main(arguments: Sequence[str]) -> int:
    """Make every mutation; 0 if each was noticed by its rules and by no other. It takes no arguments."""
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    with project_copy() as project:
        production = json.loads((project.folder / PRODUCTION).read_text())
        (project.folder / STRICT).write_text(json.dumps({"all": "mandatory", **production, UNJUDGED: "advisory"}))
        results = [
            right
            for stage, mutations in ((platform(project), OF_THE_PLATFORM), (shop(project), OF_THE_SHOP))
            for right in (kept(stage), *(noticed(stage, mutation) for mutation in mutations if mutation.edits))
        ]
    print(f"{sum(results)} of {len(results)} as they should be")
    return 0 if all(results) else 1


def platform(project: Project) -> Stage:
    """The program itself, with the settings of prod."""
    project.new_stack("mutated")
    return Stage(project, ("--stack", "mutated"), {"infra": project.folder / "infra"})


def shop(project: Project) -> Stage:
    """The example with the library installed, on the outputs of a platform."""
    outputs = project.folder / "platform.json"
    outputs.write_text(standing_platform.exported())
    folder = demo_shop.prepare(project.folder.parent)
    there = ("--cwd", str(folder), "--stack", standing_platform.STACK)
    (folder / "policies").symlink_to(project.folder / "policies")
    (folder / STRICT).symlink_to(project.folder / STRICT)
    for command in (
        ("stack", "init", standing_platform.STACK, "--no-select"),
        ("stack", "import", "--stack", standing_platform.STACK, "--file", str(outputs)),
        ("stack", "init", standing_platform.STACK, "--no-select", "--cwd", str(folder)),
    ):
        done = project.pulumi(*command)
        if done.code:
            raise RuntimeError(done.text)
    (library,) = folder.glob(".venv/lib/python*/site-packages/ecs_platform")
    return Stage(project, there, {"infra": library})


def kept(stage: Stage) -> bool:
    """Whether the source as it is keeps every rule, in the production profile and with every level mandatory."""
    results = [stage.preview(profile) for profile in (PRODUCTION, STRICT)]
    right = all(code == 0 and not found for code, found in results)
    print(f"{'ok ' if right else 'BAD'} as it is: {'; '.join(shown(*result) for result in results)}", flush=True)
    return right


def noticed(stage: Stage, mutation: Mutation) -> bool:
    """Preview one mutation; return whether it failed by exactly its rules."""
    sources = {path: path.read_text() for path in (stage.file(edit.file) for edit in mutation.edits)}
    try:
        for edit in mutation.edits:
            path = stage.file(edit.file)
            path.write_text(edit(path.read_text()))
        code, found = stage.preview(STRICT)
    finally:
        for path, source in sources.items():
            path.write_text(source)
    right = code != 0 and found == mutation.rules
    print(f"{'ok ' if right else 'BAD'} {mutation.says}: {shown(code, found)}", flush=True)
    return right


def broken_rules(text: str) -> frozenset[str]:
    """The mandatory rules among what a preview printed."""
    return frozenset(_VIOLATION.findall(text))


def shown(code: int, rules: frozenset[str]) -> str:
    """How a preview ended, as one phrase."""
    return f"exit code {code}, {', '.join(sorted(rules)) or 'no rule broken'}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
