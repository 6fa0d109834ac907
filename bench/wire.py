"""AWS on the wire: answers as the bytes that a service sends, for clients whose requests are signed and go nowhere.

botocore does all that it does in a function: it checks and serializes the parameters, signs the request, parses the
bytes by the service's model, and looks whether it has to try again. Only the connection is missing.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

Respond = Callable[[str, Mapping[str, Any]], bytes]
"""The bytes that answer an operation with its parameters."""

REQUEST_ID = "c0ffee00-1234-5678-9abc-def012345678"


def answer(client: Any, respond: Respond) -> None:
    """Have every request of a client answered."""

    def send(request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        operation = event_name.rpartition(".")[2]
        headers = {"x-amzn-RequestId": REQUEST_ID, "Date": "Sun, 01 Mar 2026 12:00:00 GMT"}
        return AWSResponse(request.url, 200, headers, Body(respond(operation, parameters(request))))

    client.meta.events.register("before-send", send)


def as_json(value: Any) -> bytes:
    """A value as the JSON protocols send it: moments are seconds since 1970."""
    return json.dumps(value, default=datetime.timestamp, separators=(",", ":")).encode()


def as_xml(client: Any, operation: str, value: Mapping[str, Any]) -> bytes:
    """A whole answer of a query protocol, by the model of the service."""
    model = client.meta.service_model.operation_model(operation)
    shape = model.output_shape
    body = "".join(_members(shape, value)) if shape else ""
    if client.meta.service_model.resolved_protocol == "ec2":
        body = f"<requestId>{REQUEST_ID}</requestId>{body}"
    else:
        wrapper = shape.serialization.get("resultWrapper") if shape else None
        body = f"<{wrapper}>{body}</{wrapper}>" if wrapper else body
        body += f"<ResponseMetadata><RequestId>{REQUEST_ID}</RequestId></ResponseMetadata>"
    namespace = client.meta.service_model.metadata["xmlNamespace"]
    return f'<{operation}Response xmlns="{namespace}">{body}</{operation}Response>'.encode()


class Body(io.BytesIO):
    """What is left to read of an answer."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def parameters(request: AWSPreparedRequest) -> Mapping[str, Any]:
    """What a request asks."""
    raw = request.body or b""
    body = raw.encode() if isinstance(raw, str) else raw
    if body.startswith(b"\x1f\x8b"):  # PutMetricData with many metrics is compressed
        body = gzip.decompress(body)
    return json.loads(body) if body.startswith(b"{") else dict(parse_qsl(body.decode()))


def _members(shape: Any, value: Mapping[str, Any]) -> Iterator[str]:
    for name, member in shape.members.items():
        if name in value:
            yield from _element(member, member.serialization.get("name", name), value[name])


def _element(shape: Any, tag: str, value: Any) -> Iterator[str]:
    if shape.type_name == "list" and shape.serialization.get("flattened"):
        for each in value:
            yield from _element(shape.member, tag, each)
    else:
        yield f"<{tag}>{_content(shape, value)}</{tag}>"


def _content(shape: Any, value: Any) -> str:
    if shape.type_name == "structure":
        return "".join(_members(shape, value))
    if shape.type_name == "list":
        tag = shape.member.serialization.get("name", "member")
        return "".join(text for each in value for text in _element(shape.member, tag, each))
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return escape(str(value).lower() if isinstance(value, bool) else str(value))
