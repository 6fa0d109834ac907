"""A secret of an application: made here, and read by ECS when a task starts."""

from __future__ import annotations

import re
from dataclasses import field
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from ..common.args import example, inputs, refused
from ..common.inputs import instance_problem, known_text_problem
from ..contract import Platform
from .password import Password

RECOVERY_DAYS: Final = range(7, 31)
"""Days in which a deleted secret can be restored (Secrets Manager API, DeleteSecret)."""

LARGEST_BYTES: Final = 65_536
"""Size of a secret (Secrets Manager API, PutSecretValue)."""

LONGEST_NAME: Final = 504
"""Characters: of the 512 that Secrets Manager takes (its API, CreateSecret) Pulumi adds eight."""

_NAME: Final = re.compile(r"[A-Za-z0-9/_+=.@-]+")


@inputs
class SecretArgs:
    """What it holds, who encrypts it, and how long it can be restored."""

    value: Password | pulumi.Output[str] | None = field(
        default_factory=Password, metadata=example("Password(), config.require_secret('name') or None")
    )
    """A Password that is generated; an Output with the value, which is kept as a secret; or None, for a value that is
    set outside of Pulumi, before the first task that reads it. By default a password of 32 characters."""
    platform: Platform | None = None
    """Whose KMS key encrypts it, where it has one. By default the account's key for Secrets Manager does."""
    recovery_window_days: int = 30
    """Days in which it can be restored after it was deleted, 7 to 30, or 0: it goes at once. By default 30."""

    def problem(self) -> str | None:
        """What Secrets Manager does not take."""
        days = self.recovery_window_days
        if days == 0 or days in RECOVERY_DAYS:
            return None
        return f"recovery_window_days: must be {RECOVERY_DAYS[0]} to {RECOVERY_DAYS[-1]}, or 0, got {days}"


class Secret(pulumi.ComponentResource):
    """A secret of Secrets Manager, which containers get by its ARN.

    Pulumi's state holds a value that was generated or given, encrypted as every secret of it. A write-only argument
    would not keep it out of the state: the engine records it among the inputs, in each run the new one.
    """

    secret: aws.secretsmanager.Secret
    secret_version: aws.secretsmanager.SecretVersion | None
    """None where the value is set outside of Pulumi."""
    arn: pulumi.Output[str]
    """Whole ARN, known when the value is there: `Container(secrets={"DB": secret.arn})`."""
    password: pulumi.Output[str] | None
    """What was generated, as a secret, for whatever asks for it; None where nothing was."""

    def __init__(self, name: str, args: SecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Raises pulumi.RunError for a name that Secrets Manager does not take: it is the start of the secret's."""
        _check(name, args)
        super().__init__("ecs-platform:index:Secret", name, None, opts)
        self._name, self._args = name, args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        self.secret = aws.secretsmanager.Secret(
            name,
            kms_key_id=args.platform.key_arn if args.platform else None,
            recovery_window_in_days=args.recovery_window_days,
            opts=self._child_opts,
        )
        self.secret_version = self._new_version()
        self.password = None
        self.arn = self.secret.arn
        if self.secret_version:
            # Who takes the ARN waits for the value, without which no task starts.
            waits = pulumi.Output.all(self.secret.arn, self.secret_version.version_id)
            self.arn = waits.apply(lambda known: known[0])
            if isinstance(args.value, Password):
                self.password = pulumi.Output.secret(self.secret_version.secret_string.apply(lambda text: text or ""))
        self.register_outputs({"arn": self.arn})

    def current(self, key: str | None = None) -> pulumi.Output[str]:
        """The ARN of the value that it has now, of one key of it or the whole: with another value tasks are replaced.

        Raises pulumi.RunError as `key` does, and for a value that is set outside of Pulumi, which sees no change of it.
        """
        if self.secret_version is None:
            raise refused(
                f"{self._name}: current: the value is set outside of Pulumi, which sees no change of it; take arn or "
                "key, and restart the services when it has changed (ecs-platform restart)"
            )
        named = "" if key is None else self._checked_key(key)
        return pulumi.Output.format("{0}:{1}::{2}", self.arn, named, self.secret_version.version_id)

    def key(self, name: str) -> pulumi.Output[str]:
        """The ARN of one key of the JSON object that the secret holds, for `secrets` of a Container.

        Raises pulumi.RunError for a name that ECS does not take, and for a generated password, which has no keys.
        """
        return pulumi.Output.format("{0}:{1}::", self.arn, self._checked_key(name))

    def _checked_key(self, given: Any) -> str:
        if not isinstance(given, str) or not given or ":" in given:
            raise refused(f"{self._name}: key: must be a text without ':', got {given!r}")
        if isinstance(self._args.value, Password):
            raise refused(f"{self._name}: key: the secret is a password without keys; take its arn")
        return given

    def _new_version(self) -> aws.secretsmanager.SecretVersion | None:
        value = self._args.value
        if isinstance(value, Password):
            # Drawn in every run, and ignored in every one but the first: the state has the one that counts.
            return aws.secretsmanager.SecretVersion(
                f"{self._name}-password-{value.generation}",
                secret_id=self.secret.id,
                secret_string=pulumi.Output.secret(value.drawn()),
                opts=pulumi.ResourceOptions(parent=self, ignore_changes=["secretString"]),
            )
        if value is None:
            return None
        return aws.secretsmanager.SecretVersion(
            f"{self._name}-value",
            secret_id=self.secret.id,
            secret_string=pulumi.Output.secret(value.apply(self._checked)),
            opts=self._child_opts,
        )

    def _checked(self, value: Any) -> str:
        if problem := value_problem(value):
            raise pulumi.RunError(f"{self._name}: {problem}")
        return value


def value_problem(value: Any) -> str | None:
    """Whether an Output turned out to be no value of a secret. The sentence does not say the value."""
    if problem := known_text_problem("value:", value):
        return problem
    size = len(value.encode())
    return None if 1 <= size <= LARGEST_BYTES else f"value: must be 1 to {LARGEST_BYTES} bytes, got {size}"


def _check(name: Any, args: SecretArgs) -> None:
    if not (isinstance(name, str) and _NAME.fullmatch(name) and len(name) <= LONGEST_NAME):
        raise refused(
            f"name: must be the start of a secret's name: up to {LONGEST_NAME} letters, digits and /_+=.@-; "
            f"got {name!r}"
        )
    if problem := instance_problem("args", args, SecretArgs):
        raise refused(f"{name}: {problem}; write Secret({name!r}, SecretArgs(...))")
