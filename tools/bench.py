"""How much the policy pack adds to a preview of `prod`: both in one run, in turn, as a ratio of medians."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

import demo

ROUNDS = 3
"""Previews of each kind; the median of three is not moved by one slow run."""


def main() -> int:
    """Measure, and print one line a kind and the ratio."""
    os.chdir(demo.ROOT)
    demo.start_emulator()
    demo.select("prod")
    plain = [*demo.IN_SANDBOX, "pulumi", "preview", "--stack", "prod"]
    kinds = {"without the pack": plain, "with the pack": [*plain, *demo.pack("production")]}
    seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(ROUNDS):
        for kind, command in kinds.items():
            began = time.monotonic()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            seconds[kind].append(time.monotonic() - began)
    medians = {kind: statistics.median(measured) for kind, measured in seconds.items()}
    for kind, median in medians.items():
        print(f"preview of prod {kind}: {median:.1f} s")
    print(f"ratio: {medians['with the pack'] / medians['without the pack']:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
