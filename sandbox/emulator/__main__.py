"""`python -m sandbox.emulator --port N`."""

from __future__ import annotations

import argparse
import signal
import sys

from .server import main


def _stop(_number: int, _frame: object) -> None:
    sys.exit(0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A local AWS: moto, extended until an ECS cluster can live in it.")
    parser.add_argument("--port", type=int, default=5555, help="port of 127.0.0.1 (default: 5555; 0: any free one)")
    parser.add_argument("--socket", type=int, help="number of a listening socket to serve instead of a port")
    parser.add_argument(
        "--key", choices=["stdin"], help="stdin: read the key that clients present, instead of making one"
    )
    parser.add_argument(
        "--identity", default="", help="a word by which the process can be found again; used for nothing"
    )
    signal.signal(signal.SIGTERM, _stop)
    given = parser.parse_args()
    key = sys.stdin.readline().strip() if given.key else None
    if key == "":
        sys.exit("whoever started this ended before the key came")
    main(given.port, given.socket, key)
