"""Who may ask: the emulator runs the code of functions, so it answers nobody but those who were given its key.

An AWS client presents the key as its access key id, which it sends with every request. A web page that was made to ask
(by a forged name of this machine, or from another origin) has no key, and is refused for its headers besides.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/|^AWS ([^:\s]+):")
"""The access key id in a header of Signature Version 4, or of Version 2."""


def new_key() -> str:
    """Make a key: an access key id that no account has."""
    return f"SANDBOX{secrets.token_hex(16).upper()}"


def refusal(request: Mapping[str, Any], key: str) -> str:
    """Say why a request (WSGI) is refused; nothing if it is answered."""
    host = urlsplit(f"//{request.get('HTTP_HOST', '')}").hostname or ""
    if host not in ("127.0.0.1", "localhost") and not host.endswith(".localhost"):
        return f"the emulator answers as 127.0.0.1 or localhost, not as {host!r}"
    if "HTTP_ORIGIN" in request:
        return "the emulator answers no web page"
    presented = _presented(request).encode()
    if hmac.compare_digest(presented, key.encode()) or any(presented == issued.encode() for issued in _issued()):
        return ""
    return "the access key id is not the key of this emulator, nor one that it issued"


def _presented(request: Mapping[str, Any]) -> str:
    if own := request.get("HTTP_X_EMULATOR_KEY"):
        return str(own)
    if found := _CREDENTIAL.search(request.get("HTTP_AUTHORIZATION", "")):
        return found[1] or found[2]
    signed = parse_qs(str(request.get("QUERY_STRING", "")))  # an address that was signed for somebody
    return next(
        (value.split("/")[0] for name in ("X-Amz-Credential", "AWSAccessKeyId") for value in signed.get(name, ())), ""
    )


def _issued() -> list[str]:
    """The access key ids that the emulator gave to users and to those who assumed a role."""
    assumed: list[Any] = [backend for _, _, backend in sts_backends.iter_backends()]
    given: list[Any] = [backend for _, _, backend in iam_backends.iter_backends()]
    sessions = [role.access_key_id for sts in assumed for role in sts.assumed_roles]
    users = [key.access_key_id for iam in given for user in iam.users.values() for key in user.access_keys]
    return [*sessions, *users]
