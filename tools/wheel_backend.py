"""Builds the wheel `ecs-platform`: the library of this repository under the name that applications import.

`pip wheel .` and `pip install .` call it (PEP 517; pyproject.toml names it). It needs nothing but Python, so that the
library is built wherever it is installed, without a network, and two builds of one commit are equal byte by byte.
"""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent
PACKAGES: Final = {"infra": "ecs_platform", "lambdas": "lambdas"}
"""Folder → package. What applications use of ecs_platform does not import lambdas; what a platform uses does."""
TYPED: Final = "ecs_platform/py.typed"
"""Says to type checkers that the annotations are meant for them (PEP 561)."""
LONG_AGO: Final = (2020, 1, 1, 0, 0, 0)
"""Time of every file, so that the time of the build is not part of the wheel."""


def build_wheel(
    wheel_directory: str, config_settings: Mapping[str, Any] | None = None, metadata_directory: str | None = None
) -> str:
    """Write the wheel and return its file name."""
    del config_settings, metadata_directory
    project = _project()
    distribution = f"{project['name'].replace('-', '_')}-{project['version']}"
    files = dict(_sources())
    information = f"{distribution}.dist-info"
    files[f"{information}/METADATA"] = _metadata(project).encode()
    files[f"{information}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: ecs-platform\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    record = [f"{name},sha256={_digest(content)},{len(content)}\n" for name, content in files.items()]
    files[f"{information}/RECORD"] = "".join([*record, f"{information}/RECORD,,\n"]).encode()
    name = f"{distribution}-py3-none-any.whl"
    with zipfile.ZipFile(Path(wheel_directory) / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path, LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return name


def build_sdist(sdist_directory: str, config_settings: Mapping[str, Any] | None = None) -> str:
    """Write an archive of the sources that a wheel can be built from, and return its file name."""
    del config_settings
    project = _project()
    top = f"{project['name'].replace('-', '_')}-{project['version']}"
    names = ["pyproject.toml", f"tools/{Path(__file__).name}"]
    names += [path.relative_to(ROOT).as_posix() for folder in PACKAGES for path in _files(folder)]
    with tarfile.open(Path(sdist_directory) / f"{top}.tar.gz", "w:gz") as archive:
        for name in names:
            archive.add(ROOT / name, f"{top}/{name}")
        information = _metadata(project).encode()
        entry = tarfile.TarInfo(f"{top}/PKG-INFO")
        entry.size = len(information)
        archive.addfile(entry, io.BytesIO(information))
    return f"{top}.tar.gz"


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def _files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def _sources() -> Iterator[tuple[str, bytes]]:
    for folder, package in PACKAGES.items():
        for path in _files(folder):
            yield f"{package}/{path.relative_to(ROOT / folder).as_posix()}", path.read_bytes()
    yield TYPED, b""


def _metadata(project: Mapping[str, Any]) -> str:
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {project['name']}",
        f"Version: {project['version']}",
        f"Summary: {project['description']}",
        f"Requires-Python: {project['requires-python']}",
        *(f"Requires-Dist: {requirement}" for requirement in project["dependencies"]),
    ]
    return "\n".join([*lines, ""])


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
