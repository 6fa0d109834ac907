"""`python -m sandbox.emulator --port N`."""

from __future__ import annotations

import argparse
import signal
import sys

from .server import main

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A local AWS: moto, extended until an ECS cluster can live in it.")
    parser.add_argument("--port", type=int, default=5555, help="port of 127.0.0.1 (default: 5555; 0: any free one)")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    main(parser.parse_args().port)
