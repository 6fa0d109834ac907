"""Checks a deployed stack with the pack: it sees what a preview cannot know.

    pulumi stack export | ecs-operations-check-stack --config production.json

Exit code 0 without a mandatory finding, 1 with one, 2 when it could not check.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ecs_operations import RULES, Finding, Level, Report, evaluate
from ecs_operations.engine.configuration import documentation, malformed
from ecs_operations.engine.state import NoStateError, State, read

_SEVERITY = {rule.id: rule.severity.value for rule in RULES}


HIDDEN = "is not readable in the export; secrets are with `pulumi stack export --show-secrets`"
OUTSIDE = "is no part of this stack: only AWS knows it"


class CannotCheckError(Exception):
    """The given export or configuration cannot be read."""


def main(arguments: Sequence[str]) -> int:
    """Check one export, print what was found, return the exit code."""
    parser = argparse.ArgumentParser(description="Check a deployed stack with the policy pack.")
    parser.add_argument("export", nargs="?", default="-", help="what `pulumi stack export` printed (default: stdin)")
    parser.add_argument("--config", help="a file as --policy-pack-config takes it, for example config/production.json")
    given = parser.parse_args(arguments)
    try:
        state = read(sys.stdin.read() if given.export == "-" else _text(given.export))
        settings = _settings(given.config)
        report = evaluate(state.resources, settings, state.judgeable(RULES))
    except (NoStateError, CannotCheckError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    sys.stdout.write(shown(state, report, documentation(settings)))
    return int(any(finding.level is Level.MANDATORY for finding in report.findings))


def _settings(path: str | None) -> Mapping[str, Any]:
    if path is None:
        return {}
    try:
        found = json.loads(_text(path))
    except ValueError as error:
        raise CannotCheckError(f"{path} is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise CannotCheckError(f"{path} is not an object of rules")
    if problems := malformed(found):
        raise CannotCheckError("\n".join(f"{path}: {problem}" for problem in problems))
    return found


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError as error:
        raise CannotCheckError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CannotCheckError(f"{path} is not UTF-8 text") from error


def shown(state: State, report: Report, page: str) -> str:
    """What was found: each finding with its resource and remedy, what could not be judged, and the totals.

    `page` is where the rules are described.
    """
    types = {resource.urn: resource.type for resource in state.resources}
    lines = [_finding(finding, types.get(finding.urn, "the configuration"), page) for finding in report.findings]
    lines += [
        f"[not judged]  {skipped.rule}  ({types[skipped.urn]}: {skipped.urn.rpartition('::')[2]})\n"
        f"    {skipped.path} {OUTSIDE if skipped.elsewhere else HIDDEN}\n"
        for skipped in report.not_evaluated
    ]
    rules = state.judgeable(RULES)
    lines += [
        f"[not judged]  {rule.id}\n    this state does not record ignoreChanges; a preview judges it\n"
        for rule in RULES
        if rule not in rules
    ]
    levels = [finding.level for finding in report.findings]
    return "".join([*lines, f"{len(rules)} rules, {len(state.resources)} resources: {_counts(levels)}\n"])


def _finding(finding: Finding, kind: str, page: str) -> str:
    where = f"{kind}: {finding.urn.rpartition('::')[2]}" if finding.urn else kind
    severity = _SEVERITY.get(finding.rule)
    reason = f"    Severity {severity}; why: {page}#{finding.rule}\n" if severity else ""
    return (
        f"[{finding.level.value}]  {finding.rule}  ({where})\n    {finding.message}\n    Fix: {finding.fix}\n{reason}"
    )


def command() -> None:
    """Run `main` with the arguments of the process; the console script of the distribution."""
    sys.exit(main(sys.argv[1:]))


def _counts(levels: Sequence[Level]) -> str:
    return ", ".join(f"{levels.count(level)} {level.value}" for level in (Level.MANDATORY, Level.ADVISORY))


if __name__ == "__main__":
    command()
