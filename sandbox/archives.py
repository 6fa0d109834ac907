"""Assets and archives as the bytes that AWS gets; the same content always gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from sandbox.refusal import Refusal
from sandbox.wire import AssetOrArchive

_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a zip file can hold (source: PKWARE appnote 4.4.6)."""


def zipped(packed: AssetOrArchive) -> bytes:
    """The zip file of an archive; a file that is one already goes as it is."""
    path = _path(packed.raw)
    if path is not None and path.is_file():
        return _zip_file(path)
    files = dict(_files(packed))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def content(packed: AssetOrArchive) -> bytes:
    """The bytes of an asset."""
    text = packed.raw.get("text")
    if text is not None:
        return str(text).encode()
    path = _path(packed.raw)
    if path is None:
        raise Refusal("an asset came without its content")
    return path.read_bytes()


def _files(packed: AssetOrArchive) -> Iterator[tuple[str, bytes]]:
    assets: Mapping[str, Any] | None = packed.raw.get("assets")
    if assets is not None:
        for name, inner in assets.items():
            yield from _inside(name, inner)
        return
    folder = _path(packed.raw)
    if folder is None or not folder.is_dir():
        raise Refusal(f"the archive {folder or packed.hash} is no folder, no zip file and no set of assets")
    for file in sorted(folder.rglob("*")):
        inner_path = file.relative_to(folder)
        if file.is_file() and ".pulumi" not in inner_path.parts:
            yield inner_path.as_posix(), file.read_bytes()


def _inside(name: str, inner: Any) -> Iterator[tuple[str, bytes]]:
    if not isinstance(inner, AssetOrArchive):
        raise Refusal(f"{name} in the archive is neither an asset nor an archive")
    path = _path(inner.raw)
    if "assets" in inner.raw or (path is not None and path.is_dir()):
        for below, data in _files(inner):
            yield f"{name}/{below}", data
    else:
        yield name, content(inner)


def _zip_file(path: Path) -> bytes:
    if not zipfile.is_zipfile(path):
        raise Refusal(f"the archive {path} is no zip file")
    return path.read_bytes()


def _path(raw: Mapping[str, Any]) -> Path | None:
    if raw.get("path"):
        return _existing(Path(str(raw["path"])))
    if raw.get("uri"):
        parts = urlsplit(str(raw["uri"]))
        if parts.scheme != "file":
            raise Refusal(f"the sandbox fetches nothing from elsewhere, and an archive is at {raw['uri']}")
        return _existing(Path(url2pathname(parts.path)))
    return None


def _existing(path: Path) -> Path:
    if not path.exists():
        raise Refusal(f"there is no {path}, which the program packs into an archive")
    return path
