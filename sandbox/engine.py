"""Which engine runs: the one that PULUMI_HOME_BIN names, else the one on the PATH, else the one that make built."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

OLDEST: Final = (3, 79, 0)
"""The first release that can be used; tools/pulumi/install.sh says the same."""


def engine(given: Mapping[str, str], root: Path) -> list[str]:
    """The folder to put before the PATH, if one is needed."""
    if named := given.get("PULUMI_HOME_BIN"):
        return [str(Path(named).resolve())]
    built = [folder.resolve() for folder in (Path(".engine"), root / ".engine") if (folder / "pulumi").exists()][:1]
    found = shutil.which("pulumi", path=given.get("PATH", os.defpath))
    if not built or (found and (Path(found).resolve().parent in built or new_enough(found))):
        return []
    return [str(built[0])]


def new_enough(pulumi: str) -> bool:
    """Whether an engine can be used. A build from source may report no version: whoever built one knows it."""
    done = subprocess.run([pulumi, "version"], capture_output=True, text=True, check=False)
    numbers = re.match(r"v?(\d+)\.(\d+)\.(\d+)", done.stdout.strip())
    version = tuple(map(int, numbers.groups())) if numbers else (0, 0, 0)
    return version == (0, 0, 0) or version >= OLDEST
