"""What a demo that was interrupted leaves, and who may run one: one at a time in a folder.

A demo that was killed leaves an engine at work, a lock on the state, operations that nobody finished, or resources in
the emulator that no state knows. None of it is worth keeping: the emulator's world is made anew in a minute.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from sandbox.server import Sandbox
from tools.demo_steps import MARK


class BusyError(Exception):
    """Another demo runs in this sandbox."""


@contextmanager
def alone(sandbox: Sandbox) -> Generator[None]:
    """Be the only demo of a sandbox, or raise BusyError at once; engines of one that was killed are ended."""
    sandbox.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (sandbox.folder / "demo.pid").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise BusyError(
                f"another demo is at work in {sandbox.folder} (process {file.read().strip() or 'unknown'}); "
                "wait until it ends, or interrupt it"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        for engine in engines(sandbox):
            with suppress(psutil.NoSuchProcess):
                engine.kill()
                engine.wait(10)
        yield


def engines(sandbox: Sandbox) -> list[psutil.Process]:
    """The commands of a demo that run in a sandbox, with all that they started."""
    return [process for process in psutil.process_iter() if _is_of_a_demo(process, sandbox)]


def _is_of_a_demo(process: psutil.Process, sandbox: Sandbox) -> bool:
    try:
        environment = process.environ()
    except (psutil.Error, OSError):  # it ended, or is somebody else's
        return False
    folder = environment.get("SANDBOX_DIR")
    return MARK in environment and bool(folder) and Path(str(folder)).resolve() == sandbox.folder


def interrupted(sandbox: Sandbox) -> str:
    """Say what shows that the last change of the state was not finished; nothing if it was."""
    if any((sandbox.state / ".pulumi" / "locks").glob("**/*.json")):
        return "an engine was killed while it had locked a stack"
    for checkpoint in (sandbox.state / ".pulumi" / "stacks").glob("**/*.json"):
        if any(True for _ in _pending(checkpoint)):
            return "operations were not finished"
    return ""


def _pending(checkpoint: Path) -> Iterator[object]:
    try:
        latest = json.loads(checkpoint.read_text())["checkpoint"].get("latest") or {}
    except (ValueError, KeyError):
        yield "half a file"
        return
    yield from latest.get("pending_operations") or ()
