"""The emulator as a server on the loopback interface."""

import json
import os
import re
import threading
import traceback
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

from flask import request
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from . import agents, gate, outages, tasks
from .emulator import Emulator
from .failures import answer, refuse
from .settings import Settings

_HOST = "127.0.0.1"
_INVOKE = re.compile(r"/2015-03-31/functions/[^/]+/(invocations|invoke-async)/?")
_OWN = "/_emulator/"

StartResponse = Callable[..., Any]


def _application(service: Any) -> Any:
    app = create_backend_app(service)
    app.register_error_handler(Exception, lambda error: answer(error, request))
    return app


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: a preview makes hundreds of requests."""


class Server:
    """A served emulator with its control loop, for as long as the `with` block runs.

    Beside the AWS APIs it answers GET /_emulator/health, GET /_emulator/log, POST /_emulator/agents/INSTANCE with
    {"connected": true | false} or {"muted": true}, POST /_emulator/tasks/TASK with {"exitCode": 1} or {"runs": true},
    and {"container": NAME} besides, POST /_emulator/images/IMAGE with {"muted": true | false}, and POST
    /_emulator/zones/ZONE with {"lost": true | false}. Who asks presents the key: AWS clients as their access key id,
    others in the header X-Emulator-Key.
    """

    def __init__(
        self,
        port: int = 0,
        settings: Settings | None = None,
        *,
        ticking: bool = True,
        key: str | None = None,
        socket: int | None = None,
    ) -> None:
        """Listen at a port, or at a listening `socket` (its number) of whoever started this process."""
        self.emulator = Emulator(settings or Settings.of())
        self.emulator.world.key = key or gate.new_key()
        self._moto = DomainDispatcherApplication(_application)
        self._server: BaseWSGIServer = make_server(_HOST, port, self, threaded=True, request_handler=_Quiet, fd=socket)
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._ticking = ticking

    @property
    def endpoint(self) -> str:
        """The address for AWS clients."""
        return f"http://{_HOST}:{self._server.server_address[1]}"

    @property
    def key(self) -> str:
        """The access key id for AWS clients."""
        return self.emulator.world.key

    def __enter__(self) -> Self:
        """Serve, and tick unless the caller wants to."""
        os.environ.setdefault("AWS_ACCESS_KEY_ID", "emulated")  # moto's own clients ask for credentials
        os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "emulated")
        self.emulator.__enter__()
        self.emulator.world.endpoint = self.endpoint
        loops = [self._server.serve_forever, *([self._loop] if self._ticking else [])]
        self._threads = [threading.Thread(target=loop, daemon=True) for loop in loops]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop ticking, wait for running functions, then stop serving: they may still call."""
        self._stopping.set()
        self.emulator.workers.close()
        self._server.shutdown()
        for thread in self._threads:
            thread.join()
        self._server.server_close()
        self.emulator.__exit__(kind, error, trace)

    def _loop(self) -> None:
        while not self._stopping.wait(self.emulator.world.settings.tick_s):
            try:
                self.emulator.tick()
            except Exception:  # noqa: BLE001 - one broken step must not stop the world; /_emulator/log shows it
                self.emulator.world.log.append(traceback.format_exc())

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI). Only a function call does without the lock: the function itself calls back."""
        if why := gate.refusal(environ, self.key):
            return refuse(environ, why, start_response)
        path = str(environ.get("PATH_INFO", ""))
        if path.startswith(_OWN):
            return self._own(path.removeprefix(_OWN), environ, start_response)
        if _INVOKE.fullmatch(path):
            return self._moto(environ, start_response)
        with self.emulator.world.lock:
            return self._moto(environ, start_response)

    def _own(self, path: str, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        status, body = "200 OK", {"ok": True, "now": self.emulator.world.now}
        try:
            if path == "log":
                body = {"log": list(self.emulator.world.log)}
            elif (part := path.partition("/"))[0] in _ORDERS:
                order = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or b"{}")
                with self.emulator.world.lock:
                    _ORDERS[part[0]](part[2], order)
            elif path != "health":
                status, body = "404 Not Found", {"error": f"the emulator has no {path}"}
        except (KeyError, ValueError) as error:
            status, body = "400 Bad Request", {"error": repr(error)}
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    def wait(self) -> None:
        """Serve until interrupted."""
        self._stopping.wait()


def _agent(instance: str, order: dict[str, Any]) -> None:
    if order.get("muted"):
        agents.mute(instance)
    else:
        agents.connect(instance, connected=bool(order["connected"]))


_ORDERS: dict[str, Callable[[str, dict[str, Any]], None]] = {
    "agents": _agent,
    "tasks": tasks.direct,
    "images": outages.image,
    "zones": outages.zone,
}
"""What is ordered of a thing, by the part of the address that stands before its id."""


def main(port: int, socket: int | None = None, key: str | None = None) -> None:
    """Serve on the loopback interface until interrupted. Settings come from EMULATOR_* variables."""
    with Server(port, key=key, socket=socket) as server:
        print(f"emulator on {server.endpoint}", flush=True)
        if key is None:
            print(f"AWS_ACCESS_KEY_ID={server.key}  (any secret access key)", flush=True)
        try:
            server.wait()
        except KeyboardInterrupt:
            return
