"""A request is decoded once for all policies, and they say the same as when it is decoded for each."""

from __future__ import annotations

import pulumi_policy as sdk
import pytest
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2 as proto

from ecs_operations import RULES
from ecs_operations.facts import tokens
from ecs_operations.served.decoding import REQUESTS, STEPS, decode_once
from tests.policies.served_rules import FLOW, RETENTION, SECRET, UNKNOWN, Engine, struct, urn

PARTS = [(sdk.policy, name) for name in ("json_format", *STEPS)]
PARTS += [(sdk.policy._PolicyAnalyzerServicer, name) for name in REQUESTS]
GROUPS = {"kept": {"retentionInDays": 30}, "for ever": {}, "later": {"retentionInDays": UNKNOWN, "tags": SECRET}}


@pytest.fixture
def decodings(monkeypatch):
    """What was decoded, while the SDK is changed."""
    seen = []

    class Counting:
        @staticmethod
        def MessageToDict(message):
            seen.append(message)
            return json_format.MessageToDict(message)

    for owner, name in PARTS:
        monkeypatch.setattr(owner, name, getattr(owner, name))
    monkeypatch.setattr(sdk.policy, "json_format", Counting)
    decode_once()
    return seen


def member(label, inputs):
    kind = tokens.LOG_GROUP
    return proto.AnalyzerResource(type=kind, urn=urn(kind, label), name=label, properties=struct(inputs))


def said(*rules):
    engine = Engine(*rules)
    by_resource = [engine.resource(tokens.LOG_GROUP, label, **inputs) for label, inputs in GROUPS.items()]
    found = [*(one for each in by_resource for one in each), *engine.stack(*(member(*each) for each in GROUPS.items()))]
    return [(one.policyName, one.urn, one.message) for one in found]


def test_all_rules_say_the_same(request):
    alone = said(*RULES)
    request.getfixturevalue("decodings")
    assert said(*RULES) == alone != []


def test_a_resource_is_decoded_once_for_all_rules(decodings):
    Engine(*RULES).resource(tokens.LOG_GROUP, "kept", provider={"region": "eu-west-1"}, **GROUPS["kept"])
    assert len(decodings) == 2  # the resource, and its provider
    decodings.clear()
    Engine(*RULES).stack(*(member(*each) for each in GROUPS.items()))
    assert len(decodings) == len(GROUPS) + 1  # and the stack itself


def test_the_next_request_is_decoded_anew(decodings):
    engine = Engine(RETENTION)
    request = proto.AnalyzeRequest(type=tokens.LOG_GROUP, urn="u", name="n", properties=struct({"retentionInDays": 30}))
    assert not engine.server.Analyze(request, None).diagnostics
    del request.properties["retentionInDays"]
    assert engine.server.Analyze(request, None).diagnostics
    assert len(decodings) == 2


def test_an_sdk_of_another_make_is_left_alone_and_says_so(monkeypatch, capsys):
    for owner, name in PARTS:
        monkeypatch.setattr(owner, name, getattr(owner, name))
    monkeypatch.delattr(sdk.policy, "unknown_checking_proxy")
    before = sdk.policy._PolicyAnalyzerServicer.Analyze
    decode_once()
    assert sdk.policy._PolicyAnalyzerServicer.Analyze is before
    assert "decodes in another way" in capsys.readouterr().err


def test_what_the_engine_asks_one_after_the_other_is_answered_by_stack_rules_too(decodings):
    engine = Engine(FLOW)
    vpc = proto.AnalyzerResource(type=tokens.VPC, urn=urn(tokens.VPC, "net"), name="net", properties=struct({}))
    assert [one.policyName for one in engine.stack(vpc)] == [FLOW.id]
    assert [one.policyName for one in engine.stack(vpc)] == [FLOW.id]
