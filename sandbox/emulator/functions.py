"""Deployed Lambda functions, run as processes instead of moto's containers.

The archive is unpacked and its handler imported by `runtime.py` in an isolated interpreter, with the function's own
environment, dummy credentials and the address of the emulator. What it prints goes to its log group.
"""

import base64
import hashlib
import io
import json
import os
import shutil
import sys
import tempfile
import uuid
import zipfile
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from moto.awslambda.models import LambdaBackend, LambdaFunction, lambda_backends
from moto.logs.models import logs_backends

from . import metrics, world
from .calls import Call, enqueue
from .patches import Replacement
from .processes import run_process
from .targets import deliver

_RUNTIME = Path(__file__).with_name("runtime.py")
_RETRY_S = 60.0
"""Pause before the first retry of an asynchronous call; the second waits twice as long (Lambda developer guide)."""
_RETRIES = 2
"""Retries of an asynchronous call where the function configures none (Lambda developer guide)."""
_WORKERS = 4
"""Function processes at a time: a laptop, not AWS."""


@dataclass(frozen=True)
class Outcome:
    """What a call gave."""

    payload: str
    error: bool
    lines: tuple[str, ...]


class Workers:
    """The threads that wait for function processes."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="emulated-function")
        self._running: list[Future[None]] = []

    def start_due(self) -> None:
        """Start every call whose time has come."""
        here = world.current()
        for call in [call for call in here.calls if call.due <= here.now]:
            here.calls.remove(call)
            here.running.add(call.function)
            self._running.append(self._pool.submit(_attempt, call))
        self._running = [future for future in self._running if not future.done()]

    def wait(self, timeout_s: float) -> None:
        """Wait until no function runs; TimeoutError after `timeout_s` seconds."""
        for future in list(self._running):
            future.result(timeout_s)

    def close(self) -> None:
        """Let running functions end and start no more."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _attempt(call: Call) -> None:
    here = world.current()
    try:
        function: Any = lambda_backends[call.account][call.region].get_function(call.function, None)
        if not run(function, call.payload).error:
            return
        with here.lock:
            _again(function, call)
    except Exception as error:  # noqa: BLE001 - a function that is gone is noted, as AWS drops the event
        here.log.append(f"function {call.function}: {type(error).__name__}: {error}")
    finally:
        here.running.discard(call.function)


def _again(function: Any, call: Call) -> None:
    configs = function.event_invoke_config
    config = configs[0].config if configs else {}
    here = world.current()
    if call.attempt < config.get("MaximumRetryAttempts", _RETRIES):
        pause = _RETRY_S * (call.attempt + 1) * here.settings.schedule_scale
        here.calls.append(replace(call, attempt=call.attempt + 1, due=here.now + pause))
        return
    destination = ((config.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    destination = destination or (getattr(function, "dead_letter_config", None) or {}).get("TargetArn")
    if destination:
        record = {
            "version": "1.0",
            "requestContext": {"functionArn": function.function_arn, "condition": "RetriesExhausted"},
            "requestPayload": json.loads(call.payload or "{}"),
        }
        deliver(call.account, call.region, {"Arn": destination}, json.dumps(record))


def _unpacked(function: Any) -> Path:
    """Give the folder with a function's code; two calls at once unpack twice, and the first one counts."""
    digest = hashlib.sha256(function.code_bytes).hexdigest()[:16]
    scratch = world.current().scratch()
    folder = scratch / digest
    if not folder.exists():
        part = Path(tempfile.mkdtemp(dir=scratch))
        with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as archive:
            archive.extractall(part)
        try:
            part.rename(folder)
        except OSError:
            shutil.rmtree(part)
    return folder


def environment_of(function: Any, endpoint: str) -> dict[str, str]:
    """Give all that a function's process sees of its surroundings; its own variables lead nowhere else."""
    here = world.current()
    own = {str(key): str(value) for key, value in function.environment_vars.items()}
    logging = getattr(function, "logging_config", None) or {}
    form = logging.get("LogFormat", "Text")
    return {
        **{key: value for key, value in own.items() if not key.startswith("AWS_ENDPOINT_URL_")},
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(here.scratch()),
        "TMPDIR": str(here.scratch()),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_ACCESS_KEY_ID": here.key,
        "AWS_SECRET_ACCESS_KEY": "emulated",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_GROUP_NAME": function.logs_group_name,
        "AWS_LAMBDA_LOG_FORMAT": form,
        "AWS_LAMBDA_LOG_LEVEL": logging.get("ApplicationLogLevel", "INFO" if form == "JSON" else "WARNING"),
    }


def run(function: Any, payload: str) -> Outcome:
    """Run a function to its end or its timeout, and keep its lines. The world's lock must not be held."""
    here = world.current()
    if here.endpoint is None:
        raise RuntimeError("functions run only under a served emulator: they need its address")
    request = str(uuid.uuid4())
    with tempfile.TemporaryDirectory(dir=here.scratch()) as scratch:
        result = Path(scratch) / "result.json"
        order = {
            "folder": str(_unpacked(function)),
            "handler": function.handler,
            "event": json.loads(payload or "{}"),
            "result": str(result),
            "request": request,
            "arn": function.function_arn,
            "timeout_s": function.timeout,
        }
        stream = _open(function, request)
        lines: list[str] = []

        def keep(line: str) -> None:
            lines.append(line)
            with here.lock:
                _write(function, stream, line)

        command = [sys.executable, "-I", "-B", str(_RUNTIME)]
        environment = environment_of(function, here.endpoint)
        in_time = run_process(command, json.dumps(order), environment, function.timeout, keep)
        answer = json.loads(result.read_text()) if result.exists() else {"errorMessage": "Runtime exited"}
        if not in_time:
            answer = {"errorMessage": f"{request} Task timed out after {function.timeout:.2f} seconds"}
            keep(answer["errorMessage"])
    outcome = Outcome(json.dumps(answer.get("value", answer)), "value" not in answer, tuple(lines))
    with here.lock:
        if not lines:
            _write(function, stream, "END")
        metrics.keep(function, outcome.lines, failed=outcome.error)
    return outcome


def _open(function: Any, request: str) -> str:
    """Give the log stream of a call."""
    logs = logs_backends[function.account_id][function.region]
    stream = f"{world.current().when():%Y/%m/%d}/[$LATEST]{request.replace('-', '')}"
    with world.current().lock:
        logs.ensure_log_group(function.logs_group_name)
        logs.create_log_stream(function.logs_group_name, stream)
    return stream


def _write(function: Any, stream: str, line: str) -> None:
    """Write a line as soon as it is printed: a function that drains an instance runs for most of a minute."""
    logs = logs_backends[function.account_id][function.region]
    logs.put_log_events(
        function.logs_group_name, stream, [{"timestamp": int(world.current().now * 1000), "message": line}]
    )


def invoke(function: Any, body: str, request_headers: Any, response_headers: Any) -> str | bytes:
    """Lambda Invoke: RequestResponse runs the function, Event queues it, DryRun does nothing."""
    kind = request_headers.get("x-amz-invocation-type", "RequestResponse")
    if kind == "DryRun":
        return ""
    if kind == "Event":
        enqueue(function.account_id, function.region, function.function_arn, body or "{}")
        return ""
    outcome = run(function, body)
    if outcome.error:
        response_headers["x-amz-function-error"] = "Unhandled"
    tail = "\n".join(outcome.lines)[-4096:]
    response_headers["x-amz-log-result"] = base64.b64encode(tail.encode()).decode()
    return outcome.payload.encode()


_moto_create = LambdaBackend.create_function
_moto_update = LambdaFunction.update_configuration
_moto_configuration = LambdaFunction.get_configuration


def _remember(function: Any, spec: dict[str, Any]) -> None:
    """Keep what moto drops: logging and the dead-letter queue."""
    if logging := spec.get("LoggingConfig"):
        function.logging_config = logging
        function.logs_group_name = logging.get("LogGroup") or function.logs_group_name
    if dead_letters := spec.get("DeadLetterConfig"):
        function.dead_letter_config = dead_letters


def create_function(backend: Any, spec: dict[str, Any]) -> Any:
    """CreateFunction with the settings that moto drops."""
    function = _moto_create(backend, spec)
    _remember(function, spec)
    return function


def update_configuration(function: Any, spec: dict[str, Any]) -> dict[str, Any]:
    """UpdateFunctionConfiguration with the settings that moto drops."""
    _moto_update(function, spec)
    _remember(function, spec)
    return get_configuration(function)


def get_configuration(function: Any, on_create: bool = False) -> dict[str, Any]:
    """GetFunctionConfiguration with the settings that moto drops."""
    shown = dict(_moto_configuration(function, on_create))
    default = {"LogFormat": "Text", "LogGroup": function.logs_group_name}
    shown["LoggingConfig"] = {**default, **(getattr(function, "logging_config", None) or {})}
    if dead_letters := getattr(function, "dead_letter_config", None):
        shown["DeadLetterConfig"] = dead_letters
    return shown


REPLACEMENTS: tuple[Replacement, ...] = (
    (LambdaFunction, "invoke", invoke),
    (LambdaFunction, "update_configuration", update_configuration),
    (LambdaFunction, "get_configuration", get_configuration),
    (LambdaBackend, "create_function", create_function),
)
