"""Which errors of AWS pass by themselves."""

from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

_PASSING: Final = frozenset(
    {
        "Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded", "TooManyRequestsException",
        "RequestThrottled", "RequestThrottledException", "ServiceUnavailable", "ServerException", "InternalFailure",
        "InternalServerError", "InternalError", "RequestTimeout", "RequestTimeoutException",
    }
)  # fmt: skip
"""Codes of throttling and of passing faults (botocore, retries/standard.py; the errors of ECS and Auto Scaling)."""

FIRST_SERVER_ERROR: Final = 500
"""HTTP statuses from here on are the server's fault."""


def code_of(error: ClientError) -> str:
    """The error code; empty when the answer has none."""
    return str(_details(error, "Error").get("Code", ""))


def message_of(error: ClientError) -> str:
    """The error message; empty when the answer has none."""
    return str(_details(error, "Error").get("Message", ""))


def is_passing(error: ClientError | BotoCoreError) -> bool:
    """Whether the same call may succeed in a moment: throttled, no answer in time, or a fault of the service."""
    if isinstance(error, BotoCoreError):
        return True
    status = _details(error, "ResponseMetadata").get("HTTPStatusCode", 0)
    return code_of(error) in _PASSING or (isinstance(status, int) and status >= FIRST_SERVER_ERROR)


def _details(error: ClientError, part: str) -> dict[str, Any]:
    found: Any = error.response.get(part, {})
    return found if isinstance(found, dict) else {}
