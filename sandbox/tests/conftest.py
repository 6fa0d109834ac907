from __future__ import annotations

import pytest
from moto import settings
from moto.core.config import default_user_config
from moto.server import ThreadedMotoServer

from sandbox.emulator import load_balancing_api, pull_through_api, strictness
from sandbox.emulator.patches import Patches
from sandbox.tests.driver import Driver


@pytest.fixture(scope="session")
def emulator():
    settings.ACM_VALIDATION_WAIT = 0
    strict = Patches()
    for part in (strictness, load_balancing_api, pull_through_api):
        strict.apply(part.REPLACEMENTS)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
    strict.undo()


@pytest.fixture
def driver(emulator, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator)
    # Functions are not run in containers here; the emulator has processes for them.
    monkeypatch.setitem(default_user_config, "lambda", {"use_docker": False})
    made = Driver()
    yield made
    for resource in reversed(made.made):
        made.delete(resource)
