"""Whether the platform can run a task: judged when the engine runs, as its numbers and some images are known then."""

from __future__ import annotations

from typing import Any

import pulumi

from ..common.late import previewed
from ..contract import Platform, PlatformLimits
from .container import image_problem
from .container_definitions import UNKNOWN_IMAGE
from .requirements import Requirements, platform_problems


def checked_task(
    name: str, image: pulumi.Input[str], requirements: Requirements, platform: Platform
) -> pulumi.Output[None]:
    """Fails with a sentence where the platform cannot run the task `name`."""
    return pulumi.Output.all(platform.limits, previewed(image, UNKNOWN_IMAGE)).apply(
        lambda known: _check(name, requirements, *known)
    )


def _check(name: str, requirements: Requirements, platform: PlatformLimits, image: Any) -> None:
    if problem := image_problem(image):
        raise pulumi.RunError(f"{name}: {problem}")
    if problems := platform_problems(requirements, platform):
        lines = "".join(f"\n  - {problem}" for problem in problems)
        raise pulumi.RunError(f"the platform cannot run {name}:{lines}")
