"""Lambda: what a function's environment may hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .relation import Params, Relation

_RESERVED: Final = frozenset(
    {
        "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
    }
)  # fmt: skip
_LARGEST: Final = 4096
_WRITES: Final = ("CreateFunction", "UpdateFunctionConfiguration")


def _variables(params: Params) -> Iterator[str]:
    held = (params.get("Environment") or {}).get("Variables") or {}
    if reserved := sorted(held.keys() & _RESERVED):
        yield (
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. Reserved keys used in "
            f"this request: {', '.join(reserved)}"
        )
    if sum(len(f"{name}{value}".encode()) for name, value in held.items()) > _LARGEST:
        yield (
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided exceeded the {_LARGEST // 1024}KB limit."
        )


RELATIONS: Final = (
    Relation(
        service="lambda",
        operations=_WRITES,
        problems=_variables,
        source="Lambda Developer Guide, defined runtime environment variables; Lambda quotas, environment variables",
        code="InvalidParameterValueException",
    ),
)
