"""Errors in the wire format of the service that was called, where moto answers with an HTML page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

_REFUSED = 400
_NOT_IMPLEMENTED = 501
_FAILURE = 500
_BY_SIGNING_NAME = {"elasticloadbalancing": "elbv2", "monitoring": "cloudwatch", "states": "stepfunctions"}
_ACTION = re.compile(r"The (\w+) action has not been implemented")


class Refused(HTTPException):
    """A request that AWS refuses, in the words and the wire format of the service."""

    code = _REFUSED

    def __init__(self, protocol: str, code: str, message: str) -> None:
        super().__init__(message)
        self._body, self._headers = body_of(protocol, code, message)

    def get_body(self, environ: Any = None, scope: Any = None) -> str:  # noqa: ARG002 - werkzeug's signature
        """The error as the client reads it."""
        return self._body

    def get_headers(self, environ: Any = None, scope: Any = None) -> list[tuple[str, str]]:  # noqa: ARG002
        """The headers that the protocol wants with it."""
        return [*self._headers.items()]


def _service(authorization: str) -> str:
    parts = authorization.rsplit("Credential=", maxsplit=1)[-1].split(",", maxsplit=1)[0].split("/")
    name = parts[3] if len(parts) > 4 else "the service"  # noqa: PLR2004 - AKID/date/region/service/aws4_request
    return _BY_SIGNING_NAME.get(name, name)


def _protocol(service: str) -> str:
    try:
        return str(get_service_model(service).metadata["protocol"])
    except Exception:  # noqa: BLE001 - an unknown service is answered in JSON
        return "json"


def _action(error: Exception, headers: Any, form: Any, path: str) -> str:
    if found := _ACTION.search(str(error)):
        return found[1]
    return form.get("Action") or headers.get("X-Amz-Target", "").split(".")[-1] or path


def body_of(protocol: str, code: str, message: str) -> tuple[str, dict[str, str]]:
    """Give body and headers of an error in a protocol of the AWS service models."""
    if protocol == "ec2":
        inner = f"<Errors><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error></Errors>"
        return f"<Response>{inner}<RequestID>emulator</RequestID></Response>", {"Content-Type": "text/xml"}
    if protocol == "rest-xml":
        return f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>", {"Content-Type": "text/xml"}
    if protocol == "query":
        inner = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        return f"<ErrorResponse>{inner}<RequestId>emulator</RequestId></ErrorResponse>", {"Content-Type": "text/xml"}
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
    return json.dumps({"__type": code, "message": message}), headers


def answer(error: Exception, request: Any) -> tuple[str, int, dict[str, str]]:
    """Answer a request that moto could not serve: what is missing is NotImplemented, anything else InternalFailure."""
    if isinstance(error, Refused):
        return error.get_body(), _REFUSED, dict(error.get_headers())
    service = _service(request.headers.get("Authorization", ""))
    missing = isinstance(error, NotImplementedError) or type(error).__name__ in {"NotFound", "OperationNotFoundError"}
    if missing:
        code, status = "NotImplemented", _NOT_IMPLEMENTED
        message = f"the emulator lacks {service} {_action(error, request.headers, request.form, request.path)}"
    else:
        code, status = "InternalFailure", _FAILURE
        message = f"the emulator failed in {service}: {type(error).__name__}: {error}"
    body, headers = body_of(_protocol(service), code, message)
    return body, status, headers


def refuse(request: Mapping[str, Any], why: str, start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request (WSGI) that is not let in, before anything looks at it."""
    service = _service(str(request.get("HTTP_AUTHORIZATION", "")))
    body, headers = body_of(_protocol(service), "UnrecognizedClientException", why)
    start_response("403 Forbidden", list(headers.items()))
    return [body.encode()]
