"""Keeps a project's secrets provider out of the sandbox, and the sandbox's out of the project's stack files.

A stack file says by which provider its secrets are encrypted: a salt for a passphrase, or the address of a key and an
encrypted key. In the sandbox neither exists. So while a command runs these lines are set aside, and a secret that is
encrypted by them reads `sandbox`. What the engine writes in their place, for the sandbox's own passphrase, is taken out
at the end: state carries its own salt. A command that was killed leaves the files as it saw them; the next one, or
`wipe`, gives back what was set aside.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, cast

import yaml

from sandbox.locks import Lock

_OWN: Final = re.compile(r"^(?:encryptionsalt|secretsprovider|encryptedkey):.*\n?", re.MULTILINE)
_SECRET: Final = re.compile(
    r"(?<=:)[ \t]*\n[ \t]+secure:[ \t]*\S+|(?<=-)[ \t]+secure:[ \t]*\S+|[ \t]*\{[ \t]*secure:[ \t]*[^}\s]+[ \t]*\}"
)
"""An encrypted value: below its key, as an item of a list, or in braces."""
_PLACEHOLDER: Final = " sandbox"
_PLACES: Final = "stack-files"


def keep_of(given: Mapping[str, str]) -> Path:
    """Where this user's stack files are kept meanwhile: beside Pulumi's own, for two sandboxes may share a project."""
    return Path(given.get("PULUMI_HOME") or Path.home() / ".pulumi") / "sandbox"


@contextmanager
def set_aside(folder: Path, keep: Path) -> Generator[None]:
    """Set a project's secrets provider aside in the folder `keep`. Of several commands at once, the last gives back."""
    folder = folder.resolve()
    place = keep / _PLACES / hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    with _mutex(keep):
        place.mkdir(mode=0o700, exist_ok=True)
        users = (place / "users").open("a")
        if _alone(users):
            _give_back(place)
            _put_aside(folder, place)
        fcntl.flock(users, fcntl.LOCK_SH)
    try:
        yield
    finally:
        with _mutex(keep), users:
            if _alone(users):
                _give_back(place)
                shutil.rmtree(place)


def give_back(keep: Path) -> None:
    """Give back what commands that were killed had set aside."""
    if not (keep / _PLACES).exists():
        return
    with _mutex(keep):
        for place in (path for path in (keep / _PLACES).iterdir() if path.is_dir()):
            with (place / "users").open("a") as users:
                if _alone(users):
                    _give_back(place)
                    shutil.rmtree(place)


def _mutex(keep: Path) -> Lock:
    (keep / _PLACES).mkdir(mode=0o700, parents=True, exist_ok=True)
    return Lock(keep / _PLACES / "lock")


def visible(text: str) -> str:
    """A stack file as the sandbox sees it."""
    return _SECRET.sub(_PLACEHOLDER, _OWN.sub("", text)) if _OWN.search(text) else text


def restored(before: str, now: str) -> str:
    """A stack file after a command: the user's own text to the letter, but for settings that the command changed."""
    seen, kept = visible(before), _OWN.sub("", now)
    if kept == seen or yaml.safe_load(kept) == yaml.safe_load(seen):  # the engine sorts the keys
        return before
    own = "".join(_OWN.findall(before))
    if seen == _OWN.sub("", before):  # nothing is encrypted
        return own + kept
    values = cast("dict[str, Any]", yaml.safe_load(kept))
    values["config"] = _with_secrets(values.get("config") or {}, _config(seen), _config(before))
    return own + yaml.safe_dump(values)


def _with_secrets(now: Mapping[str, Any], seen: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    return {key: before[key] if key in before and value == seen.get(key) else value for key, value in now.items()}


def _config(text: str) -> dict[str, Any]:
    return (yaml.safe_load(text) or {}).get("config") or {}


def _alone(users: IO[str]) -> bool:
    """Whether no other command runs in this folder; whoever asks holds the lock of all places."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _put_aside(folder: Path, place: Path) -> None:
    shutil.rmtree(place / "own", ignore_errors=True)
    (place / "own").mkdir()
    texts = {path: path.read_text() for path in folder.glob("Pulumi.*.yaml")}
    for path, text in texts.items():
        (place / "own" / path.name).write_text(text)
    (place / "of").write_text(str(folder))  # from here on they have to be given back
    for path, text in texts.items():
        if visible(text) != text:
            path.write_text(visible(text))


def _give_back(place: Path) -> None:
    if not (place / "of").exists():
        return
    for path in Path((place / "of").read_text()).glob("Pulumi.*.yaml"):
        own = place / "own" / path.name
        _restore(path, own.read_text() if own.exists() else "")
    (place / "of").unlink()


def _restore(path: Path, before: str) -> None:
    now = path.read_text()
    if not before and _OWN.search(now) and _OWN.sub("", now).strip() in ("", "{}"):
        path.unlink()
    elif (text := restored(before, now)) != now:
        path.write_text(text)
