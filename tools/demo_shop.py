"""The example as a repository of its own: a copy of it with an environment into which the library is installed."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tools.wheels import lent_environment  # noqa: E402  the tool runs from anywhere

EXAMPLE = ROOT / "examples" / "shop"


def prepare(folder: Path) -> Path:
    """Copy the example into a folder, and install the library there as the wheel that applications get.

    What the library requires is lent by the environment that runs this: nothing is downloaded.
    """
    shop = folder / "shop"
    shutil.rmtree(shop, ignore_errors=True)
    shutil.copytree(EXAMPLE, shop, ignore=shutil.ignore_patterns("__pycache__", ".venv"))
    lent_environment(shop / ".venv", [ROOT])
    return shop


def what_stands(outputs: dict[str, Any], platform: dict[str, Any]) -> list[str]:
    """URLs, private names, who may call whom, and what works unasked, line by line."""
    lines = [f"  {outputs['url']}  (public; {_how_to_reach(outputs['url'], platform)})"]
    lines += [f"  {url}  (private: {name})" for name, url in sorted(outputs["privateUrls"].items())]
    calls = [
        f"{' and '.join(callers) or 'nobody'} → {name}"
        for name, callers in sorted(outputs["callers"].items(), key=lambda pair: pair[0] != "frontend")
    ]
    work = [f"cart → the queue {outputs['queue'].rpartition('/')[2]} → worker", *_runs(outputs["schedules"])]
    return [*lines, f"  who may call whom: {', '.join(calls)}", f"  unasked: {', '.join(work)}"]


def _runs(schedules: dict[str, str]) -> list[str]:
    return [f"{name} by {schedule}" for name, schedule in sorted(schedules.items())]


def _how_to_reach(url: str, platform: dict[str, Any]) -> str:
    host = url.split("/")[2]
    return f"in AWS: curl -H 'Host: {host}' http://{platform['loadBalancerDnsName']}/"
