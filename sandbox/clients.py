"""boto3 clients of the emulator, and of nothing else."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from sandbox.refusal import Refusal

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})

_CONFIG: Final = Config(
    retries={"max_attempts": 1},
    max_pool_connections=64,
    connect_timeout=5,
    read_timeout=120,
    parameter_validation=True,
    s3={"addressing_style": "path"},
)
"""One retry: the emulator answers or it does not; 64 connections: the engine works on many resources at once."""


def endpoint(environment: Mapping[str, str] | None = None) -> str:
    """The emulator's address; anything but this machine is refused, so that no real account is ever touched."""
    found = (os.environ if environment is None else environment).get("AWS_ENDPOINT_URL", "")
    if not found:
        raise Refusal("AWS_ENDPOINT_URL is not set: run the program with `python -m sandbox run pulumi ...`")
    if urlsplit(found).hostname not in _LOOPBACK:
        raise Refusal(f"the sandbox talks to an emulator on this machine only, and AWS_ENDPOINT_URL is {found}")
    return found


class Sessions:
    """Clients by service and Region, made one at a time because boto3 cannot make two at once."""

    def __init__(self, address: str, key: str = "") -> None:
        """For an address and its key, by default the one in AWS_ACCESS_KEY_ID."""
        self._address = address
        self._key = key or os.environ.get("AWS_ACCESS_KEY_ID", "none")
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str], Any] = {}
        self._account = ""

    def client(self, service: str, region: str) -> Any:
        """The client of a service in a Region."""
        with self._lock:
            found = self._made.get((service, region))
            if found is None:
                found = boto3.client(  # pyright: ignore[reportCallIssue, reportUnknownVariableType] - name known at run time
                    service,  # pyright: ignore[reportArgumentType]
                    region_name=region,
                    endpoint_url=self._address,
                    config=_CONFIG,
                    aws_access_key_id=self._key,
                    aws_secret_access_key="sandbox",  # noqa: S106 - the emulator takes any
                )
                self._made[service, region] = found
        return found

    def account(self, region: str) -> str:
        """The emulator's account number."""
        if not self._account:
            self._account = str(self.client("sts", region).get_caller_identity()["Account"])
        return self._account
