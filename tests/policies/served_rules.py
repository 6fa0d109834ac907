"""Rules behind the SDK's own servicer, which is sent the messages that the engine sends."""

from __future__ import annotations

from datetime import date
from typing import Any

import pulumi_policy as sdk
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi_policy.policy import _PolicyAnalyzerServicer

from ecs_operations import RULES, Rule
from ecs_operations.served.adapter import policies

BY_ID = {rule.id: rule for rule in RULES}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "hunter2"}
TODAY = date(2030, 6, 1)
STACK = "urn:pulumi:test::shop::pulumi:pulumi:Stack::shop-test"
RETENTION, FLOW = BY_ID["logs-retention"], BY_ID["vpc-flow-logs"]


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(values, struct_pb2.Struct())


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:test::shop::{type_}::{name}"


class Engine:
    """Sends requests to a pack as the engine does."""

    def __init__(self, *rules: Rule, configured: Any = dict[str, Any], **config: dict[str, Any]) -> None:
        self.server = _PolicyAnalyzerServicer(
            "pack", "1.0.0", policies(rules, lambda: TODAY, configured), sdk.EnforcementLevel.MANDATORY
        )
        given = {
            rule.replace("_", "-"): proto.PolicyConfig(enforcementLevel=proto.MANDATORY, properties=struct(values))
            for rule, values in config.items()
        }
        if given:
            self.server.Configure(proto.ConfigureAnalyzerRequest(policyConfig=given), None)

    def resource(
        self, type_: str, label: str, /, provider: dict[str, Any] | None = None, parent: str = "", **inputs: Any
    ) -> list[Any]:
        request = proto.AnalyzeRequest(type=type_, urn=urn(type_, label), name=label, properties=struct(inputs))
        request.options.parent = parent
        if provider is not None:
            request.provider.CopyFrom(proto.AnalyzerProviderResource(type="aws", properties=struct(provider)))
        return list(self.server.Analyze(request, None).diagnostics)

    def stack(self, *resources: proto.AnalyzerResource) -> list[Any]:
        root = proto.AnalyzerResource(type="pulumi:pulumi:Stack", urn=STACK, name="shop-test")
        return list(self.server.AnalyzeStack(proto.AnalyzeStackRequest(resources=[root, *resources]), None).diagnostics)


def member(
    type_: str, name: str, depends: dict[str, list[str]] | None = None, **outputs: Any
) -> proto.AnalyzerResource:
    links = {key: proto.AnalyzerPropertyDependencies(urns=urns) for key, urns in (depends or {}).items()}
    return proto.AnalyzerResource(
        type=type_, urn=urn(type_, name), name=name, properties=struct(outputs), propertyDependencies=links
    )
