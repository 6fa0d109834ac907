"""A file that one process at a time holds; it is let go when the process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self


class Lock:
    """Exclusive, for a `with` block; waits until it is free. Whoever holds it may remove the file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._number = -1

    def __enter__(self) -> Self:
        """Wait for it."""
        while True:
            self._number = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._number, fcntl.LOCK_EX)
            if self._is_there():
                return self
            os.close(self._number)  # it was removed meanwhile: others wait for another file of this name

    def _is_there(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._number), self._file.stat())
        except FileNotFoundError:
            return False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let it go."""
        os.close(self._number)
