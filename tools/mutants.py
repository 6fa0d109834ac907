"""Changes the code that decides, one mistake at a time, and says which of them no test notices: a report, no gate.

Draws a number of the changes of tools/source_changes.py by a seed, makes each in a process of its own that imports the
changed module instead of the one on disk, and runs the quick tests of the module's folder until one fails.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import pytest  # noqa: E402 - what is imported here is imported once for all processes
from hypothesis import Phase, settings  # noqa: E402

from tools.source_changes import SourceChange, change_of, changed, number_of_changes  # noqa: E402

DECIDES: Final = {
    "instances": "plan drain ready watch rollout generations ghosts task_reads attributes",
    "capacity": "assess demand scale_in scale_out shortage needed_room supply worst_placement",
    "cluster": "packing room shapes placement_constraints next_look budgets",
}
"""Modules, by their folder in lambdas/."""
TESTS: Final = {"instances": ("instances",), "capacity": ("capacity",), "cluster": ("cluster", "capacity")}
"""Folders in tests/lambdas/ whose tests run, by folder in lambdas/."""
SLOW: Final = (
    "_emulated",
    "_machine",
    "_poisoned",
    "_storm",
    "_act",
    "_passes",
    "_partial_reads",
    "_run",
    "_lean_parsing",
)
"""Ends of the names of test files that are not run for each change: they play long or make AWS clients."""
TIMEOUT_S: Final = 60
"""A change that makes a program endless is noticed, too: ten times what the tests take."""


@dataclass(frozen=True)
class ChangedLoader(importlib.abc.MetaPathFinder):
    """Has one module imported with one change."""

    change: SourceChange

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Answer for the changed module only."""
        del path, target
        if fullname != self.change.file.removesuffix(".py").replace("/", "."):
            return None
        loader = _Loader(fullname, str(ROOT / self.change.file))
        loader.change = self.change
        return importlib.util.spec_from_file_location(fullname, loader.path, loader=loader)


class _Loader(SourceFileLoader):
    change: SourceChange

    def get_code(self, fullname: str) -> CodeType:
        """The changed code, which is never cached."""
        del fullname
        return compile(changed(Path(self.path).read_text(), self.change.index), self.path, "exec")


def main(arguments: Sequence[str]) -> int:
    """Try the changes, and report; 1 when the tests fail without any."""
    options = _options(arguments)
    every = [
        (file, index)
        for folder, modules in DECIDES.items()
        for module in modules.split()
        if (file := f"lambdas/{folder}/{module}.py").startswith(options.only)
        for index in range(number_of_changes((ROOT / file).read_text()))
    ]
    taken = random.Random(options.seed).sample(every, min(options.number, len(every)))  # noqa: S311 - no secret
    drawn = [change_of(file, (ROOT / file).read_text(), index) for file, index in sorted(taken)]
    print(f"{len(drawn)} of {len(every)} changes, drawn with SEED={options.seed}", flush=True)
    importlib.import_module("boto3")  # once for all processes
    os.environ["HYPOTHESIS_PROFILE"] = "mutants"  # the same examples each time, and none is made smaller
    settings.register_profile(
        "mutants", derandomize=True, deadline=None, phases=(Phase.explicit, Phase.generate), database=None
    )
    for file in sorted({each.file for each in drawn}):
        if not passes(None, tests_of(file)):
            print(f"error: the tests of {file} fail as it is", file=sys.stderr)
            return 1
    survived = [each for each in drawn if _noticed_by_none(each)]
    killed = len(drawn) - len(survived)
    print(f"{killed} of {len(drawn)} noticed ({100 * killed // max(1, len(drawn))} %), {len(survived)} by no test")
    return 0


def tests_of(file: str) -> list[str]:
    """The quick tests that a change of a file should fail, those named like it first."""
    _, folder, name = Path(file).with_suffix("").parts
    found = [path for each in TESTS[folder] for path in sorted((ROOT / "tests/lambdas" / each).glob("test_*.py"))]
    quick = [path for path in found if not path.stem.endswith(SLOW)]
    return [str(path) for path in sorted(quick, key=lambda path: name not in path.stem)]


def passes(change: SourceChange | None, tests: Sequence[str]) -> bool:
    """Whether all tests pass with a change, in a process of its own."""
    child = os.fork()
    if not child:
        try:
            code = _run(change, tests)
        except BaseException:  # noqa: BLE001 - whatever it is: the change is noticed, and this process must end here
            code = 1
        os._exit(code)
    until = time.monotonic() + TIMEOUT_S
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status == 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _run(change: SourceChange | None, tests: Sequence[str]) -> int:
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    sys.dont_write_bytecode = True
    if change:
        sys.meta_path.insert(0, ChangedLoader(change))
    own = "addopts=--strict-markers --import-mode=importlib"  # without the plugin that shuffles
    known = "ignore::pytest.PytestAssertRewriteWarning"  # hypothesis is imported already
    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-W", known, "-o", own, *tests]))


def _noticed_by_none(change: SourceChange) -> bool:
    survived = passes(change, tests_of(change.file))
    if survived:
        print(f"survived {change}", flush=True)
    return survived


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=200, help="how many changes")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the draw")  # noqa: S311
    parser.add_argument("--only", default="", help="first letters of the files to change")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
