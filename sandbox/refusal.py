"""Errors as the sentences that users read."""

from __future__ import annotations

import re
from typing import Any, Final, cast

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, HTTPClientError

_GONE: Final = re.compile(
    r"NotFound|NoSuch|DoesNotExist|NonExistent|UnknownResource|ResourceNotFoundException|NotExist|"
    r"QueueDoesNotExist|InvalidInstanceID|InvalidVpcEndpointId"
)


class Refusal(Exception):  # noqa: N818 - the sandbox says no, it did not fail
    """Something that cannot be done, in one sentence for the user."""


class Lacking(Refusal):
    """The emulator does not know an operation, or breaks at it."""

    def __init__(self, operation: str) -> None:
        super().__init__(f"the emulator lacks {operation}, or fails at it; its log (python -m sandbox status) says why")


def is_gone(error: Exception) -> bool:
    """Whether AWS says that the thing does not exist."""
    if not isinstance(error, ClientError):
        return False
    answer = cast("dict[str, Any]", error.response).get("Error", {})
    if _GONE.search(str(answer.get("Code", ""))):
        return True
    return bool(
        re.search(
            r"not found|does not exist|doesn't exist|Unable to find|No scal\w+ \w+ found",
            str(answer.get("Message", "")),
        )
    )


def sentence(error: Exception) -> str:
    """One line that says what AWS, or the emulator in its place, refused."""
    match error:
        case Refusal():
            return str(error)
        case ClientError():
            return _refused(error)
        case EndpointConnectionError() | HTTPClientError():
            return "the emulator does not answer; look at `python -m sandbox status`, then start it again"
        case BotoCoreError():
            return _one_line(f"AWS would refuse the call: {error}")
        case _:
            return _one_line(f"the sandbox failed: {type(error).__name__}: {error}")


def is_lacking(error: Exception) -> bool:
    """Whether the emulator does not know the operation, or breaks at it: moto answers both with a page of HTML."""
    if not isinstance(error, ClientError):
        return isinstance(error, Lacking)
    answer = cast("dict[str, Any]", error.response)
    code, text = (str(answer.get("Error", {}).get(key, "")) for key in ("Code", "Message"))
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status in (500, 501) or (status == 404 and code in ("404", "Not Found", "")):  # noqa: PLR2004 - HTTP
        return True
    return "NotImplemented" in code or "not been implemented" in text


def _refused(error: ClientError) -> str:
    answer = cast("dict[str, Any]", error.response)
    code, text = (str(answer.get("Error", {}).get(key, "")) for key in ("Code", "Message"))
    if is_lacking(error):
        return str(Lacking(error.operation_name))
    return _one_line(f"AWS refused {error.operation_name}: {code}: {text}")


def _one_line(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())
