"""The wheels of a release, and environments to install them into without a network."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECTS: Mapping[str, Path] = {"ecs-platform": ROOT, "ecs-operations": ROOT / "policies"}
"""Distribution → the folder with its pyproject.toml."""
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
OFFLINE = ("--no-deps", "--no-index", "--no-build-isolation")
"""Nothing is downloaded: what builds the wheels is installed already."""


def build(folder: Path, projects: Iterable[Path] = tuple(PROJECTS.values())) -> list[Path]:
    """Build a wheel of each project, by default of both, into a folder; the wheels, in the order of their names.

    Wheels that are there already are removed: those of an older version would be taken for new ones.
    """
    for old in folder.glob("*.whl"):
        old.unlink()
    subprocess.run([*PIP, "wheel", *OFFLINE, "--wheel-dir", str(folder), *map(str, projects)], check=True)
    return sorted(folder.glob("*.whl"))


def lent_environment(folder: Path, wanted: Iterable[Path]) -> Path:
    """Make a virtual environment that holds these wheels or projects; its interpreter.

    What they require is lent by the environment that runs this: nothing is downloaded.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    site = site_packages(python)
    subprocess.run([*PIP, "install", *OFFLINE, "--target", str(site), *map(str, wanted)], check=True)
    (site / "lent.pth").write_text(sysconfig.get_path("purelib"))
    return python


def site_packages(python: Path) -> Path:
    """Where an interpreter finds what is installed for it."""
    asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    return Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())


def main() -> None:
    """Build both wheels into dist/, and say where they are."""
    for wheel in build(ROOT / "dist"):
        print(wheel.relative_to(ROOT))


if __name__ == "__main__":
    main()
