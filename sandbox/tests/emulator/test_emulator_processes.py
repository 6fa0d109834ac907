"""Processes of functions: their lines arrive while they run, and they end in time."""

import json
import os
import sys

from sandbox.emulator.processes import run_process


def run(script, *, timeout_s=30, on_line=print, order=""):
    return run_process([sys.executable, "-c", script], order, os.environ, timeout_s, on_line)


def test_a_line_arrives_while_the_process_still_runs(tmp_path):
    seen = tmp_path / "seen"
    waits = (
        "import pathlib, time\nprint('first', flush=True)\n"
        f"while not pathlib.Path({str(seen)!r}).exists(): time.sleep(0.01)"
    )
    assert run(waits, on_line=seen.write_text)
    assert seen.read_text() == "first"


def test_what_goes_to_either_output_is_kept_in_order():
    lines = []
    script = "import sys\nprint(sys.stdin.read(), flush=True)\nprint('bad', file=sys.stderr)"
    assert run(script, order=json.dumps({"a": 1}), on_line=lines.append)
    assert lines == ['{"a": 1}', "bad"]


def test_a_process_that_takes_too_long_is_ended_and_its_lines_stay():
    lines = []
    assert not run("import time\nprint('begun', flush=True)\ntime.sleep(600)", timeout_s=2, on_line=lines.append)
    assert lines == ["begun"]


def test_a_process_that_never_reads_its_order_is_no_error():
    assert run("import os; os.close(0)", order="x" * 1_000_000)
