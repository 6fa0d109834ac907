"""The steps of the demo: one line each while it runs and after, all that is printed in a log, and errors in full."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

MARK = "DEMO_STEP"
"""A variable that only commands of a demo see: by it they are found when the demo itself was killed."""
IN_SANDBOX = (sys.executable, "-m", "sandbox", "run")
RESOURCE = re.compile(r"^[ +~\-@]{0,4}\s*(\w[\w-]*:[\w/-]+:\S+) (\S+)(?: .*?\b(created|updated|replaced|deleted)\b)?")
"""A resource in what the engine prints: type, name, and what became of it."""
COUNTS = re.compile(r"^ +(?:[+~\-] )?(\d+ (?:to )?[a-z]+|\d+ unchanged)$", re.MULTILINE)
KNOWN = re.compile(r"^.*using pulumi-resource-aws from \$PATH.*\n?|^@ .*\n?", re.MULTILINE)
"""What the engine says in every command: that the sandbox's provider is the one it uses, and that it is at work."""


class StepFailedError(Exception):
    """A step did not end well; its own output has said why."""


class InterruptedStepError(Exception):
    """Somebody interrupted a step, and the engine wrote down what it had done."""


@dataclass(frozen=True)
class Result:
    """What a step printed, and how long it took."""

    text: str
    seconds: float

    @property
    def counts(self) -> list[str]:
        """What the engine counted: `133 created`, `2 unchanged`."""
        return COUNTS.findall(self.text.partition("\nResources:")[2])

    @property
    def resources(self) -> int:
        """How many resources it counted."""
        return sum(int(count.split()[0]) for count in self.counts)

    @property
    def warnings(self) -> list[str]:
        """Each warning once, but for the one of every command."""
        found = (line.strip() for line in KNOWN.sub("", self.text).splitlines())
        return list(dict.fromkeys(line for line in found if line.startswith("warning: ") or "[advisory]" in line))


@dataclass
class Steps:
    """Runs the steps, one after the other."""

    log: Path
    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))

    def begin(self) -> None:
        """Begin a new log."""
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log.write_text("")
        self.console.print(f"the full log: {os.path.relpath(self.log)}")

    def run(self, title: str, *command: str, total: int | None = None) -> Result:
        """Run one command in the sandbox; `total` resources are expected, if it is known how many."""
        began = time.monotonic()
        code, text = self._watched(title, command, total)
        result = Result(text, time.monotonic() - began)
        line = f"{'✓' if code == 0 else '✗'} {title:<46} {', '.join(result.counts):<28} {result.seconds:>4.0f} s"
        self.console.print(line, markup=False)
        for warning in result.warnings:
            self.console.print(f"  {warning}", markup=False)
        if code:
            self.console.print(f"\n$ {' '.join(command)}\n{trouble(text)}", markup=False)
            raise StepFailedError(f"{title}; all that was printed is in {os.path.relpath(self.log)}")
        return result

    def _watched(self, title: str, command: Sequence[str], total: int | None) -> tuple[int, str]:
        """Run it in a process group of its own: an interrupt goes to the engine once, from here."""
        process = subprocess.Popen(
            [*IN_SANDBOX, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", start_new_session=True, env={**os.environ, MARK: title},
        )  # fmt: skip
        with self.log.open("a") as log, self._progress() as progress:
            print(f"\n── {title}\n   $ {' '.join(command)}", file=log, flush=True)
            task = progress.add_task(title, total=total)
            text, interrupted = _read(process, log, progress, task)
        if interrupted:
            raise InterruptedStepError(title)
        return process.wait(), text

    def _progress(self) -> Progress:
        """The line of the step that runs; nothing where nobody watches."""
        columns = (SpinnerColumn(), TextColumn("{task.description:<46}"), BarColumn(28), TimeElapsedColumn())
        return Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)


def _read(process: subprocess.Popen[str], log: IO[str], progress: Progress, task: TaskID) -> tuple[str, bool]:
    """Read what a command prints, to its end. An interrupt is passed on, and what the engine then says is read too."""
    lines: list[str] = []
    done: set[tuple[str, str]] = set()
    interrupted = False
    while True:
        try:
            for line in process.stdout or ():
                lines.append(line)
                log.write(line)
                log.flush()
                if (found := RESOURCE.match(line)) and (found[3] or "ing (" not in line):
                    done.add((found[1], found[2]))
                    progress.update(task, completed=len(done))
        except KeyboardInterrupt:
            interrupted = True
            progress.console.print("interrupted: the engine finishes what it is at")
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            continue
        return "".join(lines), interrupted


def trouble(text: str) -> str:
    """What a step that failed says of it: diagnostics and violated rules, or all of it where it says neither."""
    text = KNOWN.sub("", text)
    starts = [place for word in ("\nDiagnostics:", "\nPolicy Violations:") if (place := text.find(word)) >= 0]
    return text[min(starts) :].strip("\n") if starts else text.strip("\n")


def captured(*command: str) -> str:
    """What a command prints on its standard output."""
    done = subprocess.run(
        [*IN_SANDBOX, *command], check=False, stdout=subprocess.PIPE, text=True, env={**os.environ, MARK: "question"}
    )
    if done.returncode:
        raise StepFailedError(" ".join(command))
    return done.stdout
