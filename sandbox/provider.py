"""The provider plugin: the engine's protocol in front of `lifecycle`.

The engine starts it from `bin/pulumi-resource-aws`, reads a port from its output and ends it with the update.
It accepts no secrets, outputs or resources: the engine then sends plain values and marks secrets again.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any, Final, cast

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2, provider_pb2_grpc

from sandbox import lifecycle, lookups, wire
from sandbox.clients import Sessions, endpoint
from sandbox.entries import TABLE
from sandbox.refusal import Refusal, is_lacking, sentence
from sandbox.resource import Call, Entry
from sandbox.schema import Schema, schema_of

_OPTIONS: Final = [("grpc.max_receive_message_length", 400 * 1024 * 1024)]
"""400 MiB, the engine's own limit (source: pulumi sdk, _grpc_settings)."""

_RECORDED: Final = "-recorded"
"""Ends the id of what was only recorded."""

_THREADS: Final = 32
"""The engine works on at most this many resources at once where it has two processors."""


def answered(method: Callable[..., Any]) -> Callable[..., Any]:
    """Every error becomes one line; the engine prints the rest of a multi-line error as noise."""

    @functools.wraps(method)
    def run(*args: Any) -> Any:
        try:
            return method(*args)
        except Exception as error:  # noqa: BLE001 - a plugin must answer, whatever went wrong
            if os.environ.get("SANDBOX_DEBUG"):
                traceback.print_exc()
            cast("grpc.ServicerContext", args[2]).abort(grpc.StatusCode.UNKNOWN, sentence(error))

    return run


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """One configured provider; the engine starts a process for each."""

    def __init__(self, engine: str = "") -> None:
        self._engine = engine
        self._config: dict[str, Any] = {}
        self._sessions: Sessions | None = None
        self._recorded: set[str] = set()

    @answered
    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """The version of the installed pulumi_aws, which is what the program asks for."""
        del request, context
        return plugin_pb2.PluginInfo(version=version("pulumi_aws"))

    @answered
    def CheckConfig(self, request: Any, context: Any) -> Any:
        """Every configuration is accepted; the provider uses the Region, the default and the ignored tags."""
        del context
        return provider_pb2.CheckResponse(inputs=request.news)

    @answered
    def DiffConfig(self, request: Any, context: Any) -> Any:
        """A changed configuration never replaces the provider: its resources show what it changes."""
        del context
        same = wire.received(request.old_inputs) == wire.received(request.news)
        kind = provider_pb2.DiffResponse
        return kind(changes=kind.DIFF_NONE if same else kind.DIFF_SOME)

    @answered
    def Configure(self, request: Any, context: Any) -> Any:
        """Connects to the emulator."""
        del context
        self._config = {key: _structured(value) for key, value in wire.received(request.args).items()}
        self._sessions = Sessions(endpoint())
        return provider_pb2.ConfigureResponse(acceptSecrets=False, supportsPreview=True, acceptResources=False)

    @answered
    def Check(self, request: Any, context: Any) -> Any:
        """Inputs with their types, names and tags, or what is wrong with them."""
        del context
        schema, entry = self._known(request.urn)
        values, problems = lifecycle.inputs_of(
            schema,
            entry,
            name=_name(request.urn),
            news=wire.received(request.news),
            olds=wire.received(request.olds),
            default_tags=(self._config.get("defaultTags") or {}).get("tags"),
            seed=bytes(request.randomSeed),
        )
        failures = [provider_pb2.CheckFailure(property=path, reason=reason) for path, reason in problems]
        return provider_pb2.CheckResponse(inputs=wire.sent(values), failures=failures)

    @answered
    def Diff(self, request: Any, context: Any) -> Any:
        """Which inputs changed, and which of these replace the resource."""
        del context
        schema, entry = self._known(request.urn)
        olds = wire.received(request.old_inputs) or wire.received(request.olds)
        found = lifecycle.compared(schema, entry, olds, wire.received(request.news))
        kind = provider_pb2.DiffResponse
        return kind(
            changes=kind.DIFF_SOME if found.changed else kind.DIFF_NONE,
            diffs=found.changed,
            replaces=found.replacing,
            deleteBeforeReplace=found.delete_first,
        )

    @answered
    def Create(self, request: Any, context: Any) -> Any:
        """Makes the resource, or foretells it in a preview."""
        del context
        schema, entry = self._known(request.urn)
        news = wire.received(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=wire.sent(lifecycle.planned(schema, news)))
        made, outputs = self._made(schema, entry, request, news)
        return provider_pb2.CreateResponse(id=made, properties=wire.sent(outputs))

    def _made(self, schema: Schema, entry: Entry | None, request: Any, news: dict[str, Any]) -> tuple[str, Any]:
        try:
            if entry is not None:
                return lifecycle.create(schema, self._call(entry, request.timeout, new=news))
        except Exception as error:
            if not (entry and entry.optional and is_lacking(error)):
                raise
        self._only_recorded(schema.token)
        identity = f"{_name(request.urn)}{_RECORDED}"
        return identity, lifecycle.recorded(schema, news, identity)

    @answered
    def Update(self, request: Any, context: Any) -> Any:
        """Changes the resource in place, or foretells it in a preview."""
        del context
        schema, entry = self._known(request.urn, request.id)
        news, state = wire.received(request.news), wire.received(request.olds)
        old = wire.received(request.old_inputs)
        if request.preview or entry is None:
            outputs = lifecycle.replanned(schema, entry, old, news, state)
            return provider_pb2.UpdateResponse(properties=wire.sent(outputs))
        call = self._call(entry, request.timeout, id=request.id, new=news, old=old, state=state)
        return provider_pb2.UpdateResponse(properties=wire.sent(lifecycle.update(schema, call)))

    @answered
    def Read(self, request: Any, context: Any) -> Any:
        """Looks at the resource; an empty id says that it is gone."""
        del context
        schema, entry = self._known(request.urn, request.id)
        if entry is None:
            return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)
        old, state = wire.received(request.inputs), wire.received(request.properties)
        found = lifecycle.refreshed(schema, self._call(entry, 0, id=request.id, old=old, state=state))
        if found is None:
            return provider_pb2.ReadResponse()
        inputs, outputs = found
        return provider_pb2.ReadResponse(id=request.id, inputs=wire.sent(inputs), properties=wire.sent(outputs))

    @answered
    def Delete(self, request: Any, context: Any) -> Any:
        """Deletes the resource."""
        del context
        _, entry = self._known(request.urn, request.id)
        if entry is not None:
            old, state = wire.received(request.old_inputs), wire.received(request.properties)
            lifecycle.delete(self._call(entry, request.timeout, id=request.id, old=old, state=state))
        return empty_pb2.Empty()

    @answered
    def Invoke(self, request: Any, context: Any) -> Any:
        """Answers a look-up."""
        del context
        args = wire.received(request.args)
        region = args.get("region") or self._region()
        answer = lookups.answer(request.tok, args, self._connected(), region)
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(wire.sent(answer))
        return response

    @answered
    def Cancel(self, request: Any, context: Any) -> Any:
        """Nothing to stop: every call to the emulator is short or bounded."""
        del request, context
        return empty_pb2.Empty()

    def _known(self, urn: str, identity: str = "") -> tuple[Schema, Entry | None]:
        token = urn.split("::", 3)[2].rsplit("$", 1)[-1]
        schema = schema_of(token)
        if schema is None:
            raise Refusal(f"pulumi_aws {version('pulumi_aws')} has no resource type {token}")
        return schema, None if identity.endswith(_RECORDED) else TABLE.get(token)

    def _call(self, entry: Entry, timeout: float, **values: Any) -> Call:
        properties: Mapping[str, Any] = values.get("new") or values.get("old") or values.get("state") or {}
        region = properties.get("region") or values.get("state", {}).get("region") or self._region()
        sessions = self._connected()
        return Call(
            entry=entry,
            clients=sessions,
            region=region,
            account=sessions.account(region),
            ignored_tags=frozenset((self._config.get("ignoreTags") or {}).get("keys") or ()),
            timeout_s=timeout or 600,
            **values,
        )

    def _connected(self) -> Sessions:
        if self._sessions is None:
            self._sessions = Sessions(endpoint())
        return self._sessions

    def _region(self) -> str:
        given = self._config.get("region")
        found = given if isinstance(given, str) else ""
        found = found or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
        if not found:
            raise Refusal("no Region: set it with `pulumi config set aws:region eu-west-1`, or in AWS_REGION")
        return found

    def _only_recorded(self, token: str) -> None:
        if token in self._recorded or not self._engine:
            return
        self._recorded.add(token)
        text = f"{token} is only recorded: the sandbox cannot make it, so the emulator has nothing of it"
        with grpc.insecure_channel(self._engine) as channel:
            request = engine_pb2.LogRequest(severity=engine_pb2.LogSeverity.WARNING, message=text)
            engine_pb2_grpc.EngineStub(channel).Log(request)


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]


def _structured(value: Any) -> Any:
    """Structured configuration comes as JSON text."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.loads(value)
    return value


def main() -> None:
    """Serve until the engine ends the process."""
    server = grpc.server(ThreadPoolExecutor(_THREADS), options=_OPTIONS)
    engine = sys.argv[1] if len(sys.argv) > 1 else ""
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(engine), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # the engine reads the port here
    server.wait_for_termination()


if __name__ == "__main__":
    main()
