"""What goes wrong, as one sentence and an exit code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  botocore's own
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from lambdas.cluster.errors import code_of, is_passing, message_of
from lambdas.cluster.read_cluster import PartialAnswerError


class Exit(IntEnum):
    """Exit codes; `run` and `exec` end with that of what they ran."""

    DONE = 0
    WRONG = 1
    """What was watched or looked for ended badly: a failed rollout, a finding of `doctor`."""
    USAGE = 2
    """The command line is not understood, or an answer was no."""
    NO_ACCESS = 3
    """No credentials, no Region, or nobody answers."""
    DENIED = 4
    """AWS denies an action."""
    NOT_THERE = 5
    """No such cluster, service or instance."""
    LATER = 6
    """Throttled, or a fault of AWS: try again."""
    INTERRUPTED = 130


class OperatorError(Exception):
    """Ends the command: one sentence, and the exit code."""

    def __init__(self, sentence: str, code: Exit = Exit.WRONG) -> None:
        super().__init__(sentence)
        self.code = code


_DENIED = re.compile(r"^(AccessDenied|UnauthorizedOperation|AuthorizationError)")
_CREDENTIALS = re.compile(
    r"^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|SignatureDoes|AuthFailure|RequestExpired)"
)
_ACTION = re.compile(r"not authorized to perform:? ([\w-]+:\w+)(?: on resource:? (\S+?))?(?:[\s,]|$)")


def explained(error: Exception) -> OperatorError | None:
    """What an error of AWS means to an operator; None for one that is a fault of this program."""
    if isinstance(error, OperatorError):
        return error
    if isinstance(error, PartialAnswerError):
        return OperatorError(f"AWS answered in part only: {error}; try again", Exit.LATER)
    if isinstance(error, ClientError):
        return _of_client(error)
    return _of_botocore(error) if isinstance(error, BotoCoreError) else None


def _of_client(error: ClientError) -> OperatorError:
    code, said = code_of(error), message_of(error)
    called: Any = error.operation_name
    if _DENIED.match(code):
        found = _ACTION.search(said)
        action, resource = (found[1], found[2]) if found else (called, None)
        where = f" on {resource}" if resource else ""
        return OperatorError(
            f"AWS denies {action}{where}; docs/operator.md has the IAM documents that allow every command", Exit.DENIED
        )
    if _CREDENTIALS.match(code):
        return OperatorError(f"AWS does not accept these credentials ({code}): sign in again", Exit.NO_ACCESS)
    if code == "ClusterNotFoundException":
        return OperatorError("there is no such cluster in this account and Region", Exit.NOT_THERE)
    if is_passing(error):
        return OperatorError(f"AWS throttles or fails at {called} ({code}); try again in a minute", Exit.LATER)
    return OperatorError(f"AWS refuses {called}: {code}: {said}", Exit.WRONG)


def _of_botocore(error: BotoCoreError) -> OperatorError:
    for kinds, sentence, code in _BOTOCORE:
        if isinstance(error, kinds):
            return OperatorError(sentence.format(error=error), code)
    return OperatorError(f"the AWS SDK gives up: {error}", Exit.WRONG)


_BOTOCORE: Final[Sequence[tuple[tuple[type[BotoCoreError], ...], str, Exit]]] = (
    (
        (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError, TokenRetrievalError),
        "no AWS credentials are found: sign in, or name a profile with --profile", Exit.NO_ACCESS,
    ),
    ((SSOError,), "{error}: sign in again with `aws sso login`", Exit.NO_ACCESS),
    ((InvalidRegionError, ParamValidationError), "AWS does not take what was asked: {error}", Exit.USAGE),
    ((NoRegionError,), "no Region is known: name one with --region, or set AWS_REGION", Exit.NO_ACCESS),
    ((ProfileNotFound,), "{error}: `aws configure list-profiles` names those that there are", Exit.NO_ACCESS),
    ((EndpointConnectionError,), "nobody answers: {error}", Exit.NO_ACCESS),
    ((ConnectionError, HTTPClientError, IncompleteReadError), "AWS gave no answer: {error}; try again", Exit.LATER),
)  # fmt: skip
"""What the SDK raises without an answer of AWS: the first kind that fits; all others are no passing fault."""
