"""A process whose lines are handed on as it prints them, and which ends at its timeout at the latest."""

import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress


def run_process(
    command: Sequence[str], order: str, environment: Mapping[str, str], timeout_s: float, on_line: Callable[[str], None]
) -> bool:
    """Run a command that reads `order` on standard input; False if it was ended at its timeout."""
    late = threading.Event()
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(environment),
        text=True,
    )

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(timeout_s, end)
    timer.start()
    try:
        with process:
            if process.stdin is None or process.stdout is None:
                raise RuntimeError("the process has no pipes")
            with suppress(BrokenPipeError):  # it has ended already; what it said is read below
                process.stdin.write(order)
                process.stdin.close()
            for line in process.stdout:
                on_line(line.rstrip("\n"))
    finally:
        timer.cancel()
    return not late.is_set()
