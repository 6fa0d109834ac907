"""The console script's way in: one sentence where the command's own packages are not installed."""

from __future__ import annotations

import sys
from importlib.util import find_spec

NEEDED = ("boto3", "click", "rich")


def main() -> int:
    """Start the command; 3 where the extra `cli` of the wheel is missing."""
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        sys.stderr.write(f"error: {', '.join(missing)} missing: pip install 'ecs-platform[cli]'\n")
        return 3
    from .main import main as command  # noqa: PLC0415  only now it can be imported

    return command()
