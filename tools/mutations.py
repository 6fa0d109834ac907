"""Takes safeguards out of the program's source, one by one, and shows that the preview of prod fails by rule name.

Each mutation is made in a copy, and previewed by the real engine with the policy pack in the production profile.
Exit code 0 when every mutation failed the preview by exactly its rule.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tools.sandboxed import Project, project_copy

PREVIEW = (
    "preview", "--stack", "mutated", "--policy-pack", "policies",
    "--policy-pack-config", "policies/config/production.json", "--suppress-outputs",
)  # fmt: skip
_VIOLATION = re.compile(r"^\s*\[mandatory\]\s+ecs-operations v\S+\s+(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Mutation:
    """One edit of the source, and the rule that has to notice it."""

    says: str
    rule: str
    file: str
    old: str
    new: str

    def __call__(self, source: str) -> str:
        """Return the source without the safeguard; raise ValueError when it is not there."""
        if self.old not in source:
            raise ValueError(f"{self.file} does not hold {self.old!r}")
        return source.replace(self.old, self.new, 1)


MUTATIONS = (
    Mutation("metadata without a session", "lt-imdsv2", "infra/instances.py", '"required"', '"optional"'),
    Mutation(
        "volumes in the open", "lt-ebs-encrypted", "infra/instances.py", '"encrypted": "true"', '"encrypted": "false"'
    ),
    Mutation(
        "one zone for all instances", "asg-multi-az", "infra/instances.py",
        "=args.network.private_subnet_ids", "=args.network.private_subnet_ids[:1]",
    ),
    Mutation(
        "a controller that may not drain", "drain-handler-permissions", "infra/instance_controller.py",
        '"ecs:UpdateContainerInstancesState"', '"ecs:DescribeTasks"',
    ),
    Mutation(
        "a controller that may not roll out", "asg-instance-refresh", "infra/instance_controller.py",
        '"autoscaling:StartInstanceRefresh"', '"autoscaling:SetInstanceHealth"',
    ),
    Mutation("no flow logs", "vpc-flow-logs", "infra/network.py", "        FlowLogs(", "        (lambda *_: None)("),
)  # fmt: skip


def main(_arguments: Sequence[str]) -> int:
    """Make every mutation; 0 if each was noticed by its rule and by no other."""
    with project_copy() as project:
        project.new_stack("mutated")
        code, before = violations(project)
        print(f"as it is: exit code {code}, rules {shown(before)}")
        results = [noticed(project, mutation, before) for mutation in MUTATIONS]
    return 0 if all(results) else 1


def noticed(project: Project, mutation: Mutation, before: frozenset[str]) -> bool:
    """Preview one mutation; return whether it failed by its rule, and no other rule changed its mind."""
    path = project.folder / mutation.file
    source = path.read_text()
    path.write_text(mutation(source))
    try:
        code, found = violations(project)
    finally:
        path.write_text(source)
    right = code != 0 and found - before == frozenset({mutation.rule})
    print(
        f"{'ok ' if right else 'BAD'} {mutation.says}: exit code {code}, new rules {shown(found - before)}", flush=True
    )
    return right


def violations(project: Project) -> tuple[int, frozenset[str]]:
    """The exit code of a preview, and the mandatory rules that it breaks."""
    done = project.pulumi(*PREVIEW)
    found = broken_rules(done.text)
    if done.code and not found:
        raise RuntimeError(done.text)
    return done.code, found


def broken_rules(text: str) -> frozenset[str]:
    """The mandatory rules among what a preview printed."""
    return frozenset(_VIOLATION.findall(text))


def shown(rules: frozenset[str]) -> str:
    """Rules as one phrase."""
    return ", ".join(sorted(rules)) or "none"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
