"""Drives the provider as the engine does, through its real messages but in one process."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi.runtime.proto import provider_pb2

from sandbox import wire
from sandbox.provider import Provider

REFERENCE = re.compile(r"\$\{(\w+)\.(\w+)\}")


class AbortedError(Exception):
    """What the engine would print."""


class Context:
    def abort(self, _code: Any, details: str) -> None:
        raise AbortedError(details)


@dataclass(frozen=True)
class Made:
    urn: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]

    @property
    def token(self) -> str:
        return self.urn.split("::")[2]

    @property
    def name(self) -> str:
        return self.urn.split("::")[3]


class Driver:
    """One configured provider and what was made with it."""

    def __init__(self, **config: str) -> None:
        self.provider = Provider()
        request = provider_pb2.ConfigureRequest(args=wire.sent({"region": "eu-west-1", **config}))
        self.provider.Configure(request, Context())
        self.made: list[Made] = []

    def urn(self, token: str, name: str) -> str:
        return f"urn:pulumi:test::test::{token}::{name}"

    def check(self, token: str, inputs: Mapping[str, Any], name: str = "it", olds: Mapping[str, Any] | None = None):
        request = provider_pb2.CheckRequest(
            urn=self.urn(token, name), news=wire.sent(inputs), olds=wire.sent(olds or {}), randomSeed=b"seed"
        )
        answer = self.provider.Check(request, Context())
        return wire.received(answer.inputs), [(f.property, f.reason) for f in answer.failures]

    def preview(self, token: str, inputs: Mapping[str, Any], name: str = "it") -> dict[str, Any]:
        checked, failures = self.check(token, inputs, name)
        assert failures == []
        request = provider_pb2.CreateRequest(urn=self.urn(token, name), properties=wire.sent(checked), preview=True)
        return wire.received(self.provider.Create(request, Context()).properties)

    def create(self, token: str, inputs: Mapping[str, Any], name: str = "it") -> Made:
        checked, failures = self.check(token, inputs, name)
        assert failures == []
        request = provider_pb2.CreateRequest(urn=self.urn(token, name), properties=wire.sent(checked), timeout=20)
        answer = self.provider.Create(request, Context())
        made = Made(self.urn(token, name), answer.id, checked, wire.received(answer.properties))
        self.made.append(made)
        return made

    def diff(self, made: Made, inputs: Mapping[str, Any]) -> Any:
        checked, failures = self.check(made.token, inputs, made.name, made.inputs)
        assert failures == []
        request = provider_pb2.DiffRequest(
            id=made.id,
            urn=made.urn,
            olds=wire.sent(made.outputs),
            news=wire.sent(checked),
            old_inputs=wire.sent(made.inputs),
        )
        return self.provider.Diff(request, Context())

    def update(self, made: Made, inputs: Mapping[str, Any], *, preview: bool = False) -> Made:
        checked, failures = self.check(made.token, inputs, made.name, made.inputs)
        assert failures == []
        request = provider_pb2.UpdateRequest(
            id=made.id,
            urn=made.urn,
            olds=wire.sent(made.outputs),
            news=wire.sent(checked),
            old_inputs=wire.sent(made.inputs),
            preview=preview,
            timeout=20,
        )
        outputs = wire.received(self.provider.Update(request, Context()).properties)
        return Made(made.urn, made.id, checked, outputs)

    def read(self, made: Made) -> Made | None:
        request = provider_pb2.ReadRequest(
            id=made.id, urn=made.urn, properties=wire.sent(made.outputs), inputs=wire.sent(made.inputs)
        )
        answer = self.provider.Read(request, Context())
        found = Made(made.urn, answer.id, wire.received(answer.inputs), wire.received(answer.properties))
        return found if answer.id else None

    def delete(self, made: Made) -> None:
        request = provider_pb2.DeleteRequest(
            id=made.id,
            urn=made.urn,
            properties=wire.sent(made.outputs),
            old_inputs=wire.sent(made.inputs),
            timeout=20,
        )
        self.provider.Delete(request, Context())

    def invoke(self, token: str, args: Mapping[str, Any]) -> dict[str, Any]:
        request = provider_pb2.InvokeRequest(tok=token, args=wire.sent(args))
        return wire.received(getattr(self.provider.Invoke(request, Context()), "return"))


class World:
    """A driver that also makes what an example needs: `${vpc.id}` in its inputs is a property of the need `vpc`."""

    def __init__(self, driver: Driver, needs: Mapping[str, tuple[str, Mapping[str, Any]]]) -> None:
        self.driver = driver
        self._needs = needs
        self._made: dict[str, Made] = {}

    def resolved(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {self.resolved(key): self.resolved(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.resolved(item) for item in value]
        if not isinstance(value, str):
            return value
        return REFERENCE.sub(lambda match: str(self.property(match[1], match[2])), value)

    def property(self, need: str, name: str) -> Any:
        if need not in self._made:
            token, inputs = self._needs[need]
            self._made[need] = self.driver.create(token, self.resolved(inputs), f"need-{need}")
        made = self._made[need]
        return made.id if name == "id" else made.outputs[name]

    def forget(self) -> None:
        for made in reversed(self._made.values()):
            self.driver.delete(made)
