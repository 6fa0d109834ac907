"""The ARN by which a task gets a secret: which forms ECS takes, and what its execution role has to read. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Self

_SECRET: Final = re.compile(
    r"arn:aws[a-z-]*:secretsmanager:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):secret:[A-Za-z0-9/_+=.@-]+"
)
_PARAMETER: Final = re.compile(
    r"arn:aws[a-z-]*:ssm:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):parameter(/[A-Za-z0-9_.-]+)+"
)
_END: Final = re.compile(r"-(?P<characters>[A-Za-z0-9]{6})$")
"""Secrets Manager puts a hyphen and six characters behind the name of a secret (its API reference, CreateSecret)."""

_LIKE_A_WORD: Final = re.compile(r"[a-z]+|[A-Z]+|[0-9]+")
"""Ends such as `-secret`, which a name has more often than the six random characters."""

_PARTS_OF_SECRET: Final = 7
_PARTS_WITH_KEY: Final = 10


@dataclass(frozen=True, kw_only=True)
class SecretArn:
    """A secret of Secrets Manager, or a parameter of SSM, without the key, stage and version that may follow it."""

    service: str
    """`secretsmanager` or `ssm`, as in the ARN."""
    region: str
    account: str
    arn: str

    @classmethod
    def of(cls, text: str) -> Self:
        """Raises ValueError for a text with a problem."""
        arn = ":".join(text.split(":")[:_PARTS_OF_SECRET])
        for service, form in {"secretsmanager": _SECRET, "ssm": _PARAMETER}.items():
            if found := form.fullmatch(arn):
                return cls(service=service, region=found["region"], account=found["account"], arn=arn)
        raise ValueError(f"must be the ARN of a secret or of a parameter, got {text!r}")

    @property
    def readable(self) -> list[str]:
        """The resources of the statement by which it is read. A name that ends like an ARN is granted both ways."""
        end = _END.search(self.arn)
        if self.service == "secretsmanager" and end and _LIKE_A_WORD.fullmatch(end["characters"]):
            return [self.arn, f"{self.arn}-??????"]
        return [self.arn]


def secret_problem(text: Any) -> str | None:
    """Whether ECS does not take a text as a secret, or the execution role could not read it; without the field."""
    if not isinstance(text, str):
        return _no_arn()
    if ":secretsmanager:" in text:
        return _secret_problem(text)
    if _PARAMETER.fullmatch(text):
        return None
    if ":ssm:" in text and ":parameter" in text:
        return f"is no ARN of a parameter: must end with parameter/ and its name without the first '/', got {text!r}"
    return _no_arn()


def _no_arn() -> str:
    # What was got is not said: it may be the secret itself.
    return (
        "must be the ARN of a secret of Secrets Manager or of a parameter of SSM, as a text; make one and write its ARN"
    )


def _secret_problem(text: str) -> str | None:
    arn, rest = ":".join(text.split(":")[:_PARTS_OF_SECRET]), text.split(":")[_PARTS_OF_SECRET:]
    if not _SECRET.fullmatch(arn):
        return f"is no ARN of a secret: must be arn:aws:secretsmanager:region:account:secret:name-AbCdEf, got {text!r}"
    if not _END.search(arn):
        return (
            "is a partial ARN, which the execution role cannot read: it has to end with the hyphen and the six "
            f"characters that Secrets Manager put behind the name; copy the whole ARN, got {text!r}"
        )
    if rest and len(rest) != _PARTS_WITH_KEY - _PARTS_OF_SECRET:
        return (
            f"must have key, stage and version behind the ARN, each ended by its colon; write {arn}:key::, got {text!r}"
        )
    if rest and rest[1] and rest[2]:
        return f"must have a stage or a version behind the key, not both, got {text!r}"
    return None
