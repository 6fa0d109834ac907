"""What the demo has shown, and what to try next."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "policies"))  # the pack runs with its own folder as import root

from ecs_operations import RULES  # noqa: E402  the tool runs from anywhere
from tools import demo_shop  # noqa: E402  likewise


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """A stack that stands."""

    outputs: dict[str, Any]
    resources: int


def what_was_shown(platform: Deployed, shop: Deployed, profile: str, seconds: int) -> str:
    """What is true now, and three commands."""
    region, cluster = platform.outputs["region"], platform.outputs["clusterName"]
    return "\n".join(
        [
            f"\nShown, in {seconds} s:",
            f"  both previews passed the policy pack: {rules_in_force(profile)} rules (profile {profile})",
            f"  {platform.resources} resources of the platform and {shop.resources} of a shop on it stand",
            "  a second preview of each would change nothing",
            *demo_shop.what_stands(shop.outputs, platform.outputs),
            "",
            "Next:",
            "  make drill       terminate an instance under running tasks, and watch how it drains",
            "  make capacity    start more tasks than fit, and see how many instances the controller asks for",
            "  docs/services.md add a service of your own; examples/shop is the one that stands here",
            "",
            "Look at it with any AWS client (AWS CLI 2, for example); `make demo-down` takes it all away:",
            '  eval "$(.venv/bin/python -m sandbox env)"',
            f"  aws ecs describe-clusters --clusters {cluster} --region {region}",
        ]
    )


def status_command(platform: Deployed) -> list[str]:
    """`ecs-platform status` of the platform, from this checkout."""
    where = ["--cluster", platform.outputs["clusterName"], "--region", platform.outputs["region"]]
    return [sys.executable, "-m", "operator_command", "status", *where]


def status(screen: str) -> str:
    """The operator's screen of what stands, under the command that shows it again."""
    command = "\n$ ecs-platform status   # here: .venv/bin/python -m operator_command status"
    return "\n".join([command, *(line.rstrip() for line in screen.rstrip().splitlines())])


def rules_in_force(profile: str) -> int:
    """How many rules a profile of the pack leaves in force."""
    configured: dict[str, Any] = json.loads((ROOT / "policies" / "config" / f"{profile}.json").read_text())
    return sum(_level(configured.get(rule.id)) != "disabled" for rule in RULES)


def _level(configured: Any) -> str:
    return str(configured.get("enforcementLevel", "") if isinstance(configured, dict) else configured or "")
