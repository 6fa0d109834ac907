"""The process of one function call: reads an order on standard input, writes the result to the file it names.

Run as a script in an isolated interpreter; it sees nothing of this project but the unpacked archive.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info:
            line["stackTrace"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _set_up_logging() -> None:
    handler = logging.StreamHandler(sys.stdout)
    if os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON":
        handler.setFormatter(_JsonLines())
    logging.basicConfig(level=os.environ["AWS_LAMBDA_LOG_LEVEL"], handlers=[handler])


def _context(order: dict[str, Any]) -> SimpleNamespace:
    end = time.monotonic() + order["timeout_s"]
    return SimpleNamespace(
        aws_request_id=order["request"],
        function_name=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        function_version="$LATEST",
        invoked_function_arn=order["arn"],
        memory_limit_in_mb=os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
        log_group_name=os.environ["AWS_LAMBDA_LOG_GROUP_NAME"],
        log_stream_name="emulated",
        get_remaining_time_in_millis=lambda: max(0, int((end - time.monotonic()) * 1000)),
    )


def main() -> None:
    """Run the handler that the order names."""
    order: dict[str, Any] = json.load(sys.stdin)
    _set_up_logging()
    sys.path.insert(0, order["folder"])
    module, _, name = str(order["handler"]).rpartition(".")
    try:
        handler = getattr(importlib.import_module(module.replace("/", ".")), name)
        answer = {"value": handler(order["event"], _context(order))}
        text = json.dumps(answer)
    except Exception as error:  # noqa: BLE001 - Lambda reports every failure of a handler to the caller
        trace = traceback.format_exc().splitlines()
        answer = {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": trace}
        text = json.dumps(answer)
        sys.stdout.write(json.dumps({"level": "ERROR", **answer}) + "\n")
    Path(order["result"]).write_text(text)


if __name__ == "__main__":
    main()
