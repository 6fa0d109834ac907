"""Archives as the bytes that AWS gets."""

from __future__ import annotations

import io
import os
import zipfile

import pytest

from sandbox.archives import zipped
from sandbox.refusal import Refusal
from sandbox.wire import ARCHIVE, ASSET, SIGNATURE, AssetOrArchive, received, sent


def folder(path):
    return AssetOrArchive(ARCHIVE, "h", {SIGNATURE: ARCHIVE, "path": str(path)})


def names(data):
    return zipfile.ZipFile(io.BytesIO(data)).namelist()


def test_the_same_files_give_the_same_bytes_whenever_they_were_written(tmp_path):
    (tmp_path / "b.py").write_text("b")
    (tmp_path / "a.py").write_text("a")
    first = zipped(folder(tmp_path))
    os.utime(tmp_path / "a.py", (1, 1))
    assert zipped(folder(tmp_path)) == first
    assert names(first) == ["a.py", "b.py"]


def test_assets_of_every_kind_are_packed(tmp_path):
    (tmp_path / "file.py").write_text("x")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "deep.py").write_text("y")
    assets = {
        "text.py": {SIGNATURE: ASSET, "text": "t"},
        "copy.py": {SIGNATURE: ASSET, "path": str(tmp_path / "file.py")},
        "inner": {SIGNATURE: ARCHIVE, "path": str(tmp_path / "sub")},
    }
    message = sent({"code": {SIGNATURE: ARCHIVE, "hash": "h", "assets": assets}})
    assert names(zipped(received(message)["code"])) == ["copy.py", "inner/deep.py", "text.py"]


def test_a_zip_file_goes_as_it_is(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", "y")
    assert zipped(folder(path)) == path.read_bytes()


def test_what_is_missing_or_elsewhere_is_refused(tmp_path):
    with pytest.raises(Refusal, match="there is no"):
        zipped(folder(tmp_path / "nowhere"))
    with pytest.raises(Refusal, match="fetches nothing"):
        zipped(AssetOrArchive(ARCHIVE, "h", {"uri": "https://example.com/a.zip"}))


def test_assets_and_archives_are_equal_when_their_hashes_are():
    assert AssetOrArchive(ARCHIVE, "h", {"path": "a"}) == AssetOrArchive(ARCHIVE, "h", {})
    assert AssetOrArchive(ARCHIVE, "h", {"path": "a"}) != AssetOrArchive(ARCHIVE, "i", {"path": "a"})
