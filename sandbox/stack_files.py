"""Keeps the sandbox's passphrase out of the stack files of a project.

The engine writes a salt for the passphrase of a local backend into the stack file, where a user's own secrets provider
would meet it. State carries its own salt, so the file's is of no use once the command has ended.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import yaml

_SALT = "encryptionsalt:"


@contextmanager
def without_salt(folder: Path) -> Generator[None]:
    """Take out of the stack files in `folder` the salts that were not there when the context began."""
    own = {path: path.read_text() for path in folder.glob("Pulumi.*.yaml")}
    try:
        yield
    finally:
        for path in folder.glob("Pulumi.*.yaml"):
            _restore(path, own.get(path, ""))


def _restore(path: Path, before: str) -> None:
    now = path.read_text()
    if _SALT in before or _SALT not in now:
        return
    kept = "".join(line for line in now.splitlines(keepends=True) if not line.startswith(_SALT))
    if not before and kept.strip() in ("", "{}"):
        path.unlink()
    else:
        # The engine also sorts the keys: where no setting changed, the text is the user's own again, to the letter.
        path.write_text(before if yaml.safe_load(kept) == yaml.safe_load(before) else kept)
