"""A release: both wheels of a clean commit, tried in a fresh environment, and a tag. With --dry-run all but the tag.

Nothing is pushed or published: what to do next is printed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tools import wheels  # noqa: E402  the tool runs from anywhere

DATED = re.compile(r"^## \[(?P<version>[^\]]+)\] - (?P<date>.+)$", re.MULTILINE)
DOORS = """
import importlib.metadata, importlib.util
import ecs_operations, ecs_operations.served.adapter, ecs_platform, ecs_platform.environment
for door in (ecs_platform, ecs_platform.environment, ecs_operations):
    for name in door.__all__:
        getattr(door, name)
assert ecs_operations.RULES
assert not importlib.util.find_spec("lambdas") and not importlib.util.find_spec("infra")
for name in ("ecs-platform", "ecs-operations"):
    print(name, importlib.metadata.version(name))
"""
"""What has to work where nothing but the two wheels and what they require is installed."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What a commit says of the release that it would be."""

    versions: Mapping[str, str]
    """File → the version that it names."""
    dates: Mapping[str, str]
    """Version → what stands behind its heading in the CHANGELOG: a date like 2030-01-31, or `unreleased`."""
    changed: Sequence[str]
    """Files that differ from the commit, or that it does not know."""
    tags: frozenset[str]

    @property
    def version(self) -> str:
        """That of the library: all others have to be equal to it."""
        return self.versions["pyproject.toml"]

    @property
    def tag(self) -> str:
        """The name under which the release is found again."""
        return f"v{self.version}"


class NotReadyError(Exception):
    """The commit cannot be released; each line says what to do."""


def problems(candidate: Candidate) -> Iterator[str]:
    """What is in the way of a release, each with what to do; nothing if it can go."""
    if candidate.changed:
        yield f"{', '.join(candidate.changed)}: not in the commit; commit or remove it"
    for file, version in candidate.versions.items():
        if version != candidate.version:
            yield f"{file}: says {version}, and pyproject.toml {candidate.version}; write the same version"
    date = candidate.dates.get(candidate.version)
    if date is None:
        yield f"CHANGELOG.md: has no section for {candidate.version}; write one"
    elif not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date):
        yield f"CHANGELOG.md: the section of {candidate.version} says {date!r}; write the day, like 2030-01-31"
    if candidate.tag in candidate.tags:
        yield f"{candidate.tag}: the tag exists; a release never changes, raise the version"


def candidate_in(root: Path) -> Candidate:
    """What the working tree and the repository say now."""
    pack = re.search(r"^version: (\S+)$", (root / "policies" / "PulumiPolicy.yaml").read_text(), re.MULTILINE)
    return Candidate(
        versions={
            **{file: _project_version(root / file) for file in ("pyproject.toml", "policies/pyproject.toml")},
            "policies/PulumiPolicy.yaml": pack[1] if pack else "none",
        },
        dates={match["version"]: match["date"] for match in DATED.finditer((root / "CHANGELOG.md").read_text())},
        changed=[line[3:] for line in _git(root, "status", "--porcelain").splitlines()],
        tags=frozenset(_git(root, "tag", "--list").split()),
    )


def _project_version(file: Path) -> str:
    return tomllib.loads(file.read_text())["project"]["version"]


def release(root: Path, *, dry_run: bool) -> str:
    """Check, build, try, tag; what to do next. Raises NotReadyError, and CalledProcessError where a step fails."""
    candidate = candidate_in(root)
    if found := list(problems(candidate)):
        raise NotReadyError("\n".join(found))
    built = wheels.build(root / "dist")
    for line in tried(built).splitlines():
        print(f"installed and imported: {line}")
    if not dry_run:
        _git(root, "tag", "--annotate", candidate.tag, "--message", f"Release {candidate.version}")
    return next_steps(candidate, [wheel.name for wheel in built], dry_run=dry_run)


def tried(built: Sequence[Path]) -> str:
    """Install wheels with all that they require into a fresh environment, and use each door; what is installed."""
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        venv.create(folder, with_pip=True, symlinks=True)
        python = Path(folder) / "bin" / "python"
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        subprocess.run([*pip, *map(str, built)], check=True)
        command = [str(python), "-I", "-c", DOORS]
        return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def next_steps(candidate: Candidate, names: Sequence[str], *, dry_run: bool) -> str:
    """What the one who releases does now."""
    if dry_run:
        return f"{candidate.tag} can be released; this was a dry run, and there is no tag"
    uploads = "\n".join(f"  dist/{name}  → your index" for name in names)
    return f"tagged {candidate.tag}. Next:\n  git push origin {candidate.tag}\n{uploads}"


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, check=True, stdout=subprocess.PIPE, text=True).stdout


def main(arguments: Sequence[str]) -> int:
    """Release the repository that this file stands in; 1 with what is in the way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="do all but tagging")
    try:
        print(release(ROOT, dry_run=parser.parse_args(arguments).dry_run))
    except NotReadyError as wrong:
        print("\n".join(f"error: {line}" for line in str(wrong).splitlines()), file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failed:
        print(f"error: {failed.cmd[0]} ended with {failed.returncode}; there is no tag", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
