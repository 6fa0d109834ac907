"""The pack behind the SDK's own servicer, with the messages that the engine sends."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pulumi_policy as sdk
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi_policy.policy import _PolicyAnalyzerServicer

from ecs_operations import RULES
from ecs_operations.engine.configuration import OF_THE_PACK
from ecs_operations.facts import tokens
from ecs_operations.served.adapter import heard_configuration
from tests.policies.served_rules import (
    BY_ID,
    FLOW,
    RETENTION,
    SECRET,
    STACK,
    UNKNOWN,
    Engine,
    member,
    struct,
    urn,
)


def test_a_violation_carries_the_sentence_the_remedy_and_the_rules_level():
    (found,) = Engine(RETENTION).resource(tokens.LOG_GROUP, "logs", retentionInDays=0)
    assert found.enforcementLevel == proto.MANDATORY
    assert found.message.splitlines() == [
        RETENTION.summary,
        "logs: logs never expire",
        f"Fix: {RETENTION.fix}",
        "Severity medium; why: docs/policies.md#logs-retention",
    ]


def test_a_resource_of_another_type_is_left_alone():
    assert Engine(RETENTION).resource(tokens.CLUSTER, "main") == []


def test_an_unknown_value_is_a_violation_where_the_rule_must_see_it():
    (found,) = Engine(RETENTION).resource(tokens.LOG_GROUP, "logs", retentionInDays=UNKNOWN)
    assert found.enforcementLevel == proto.MANDATORY
    assert "retentionInDays is not known before the deployment" in found.message


def test_a_mandatory_rule_that_cannot_judge_says_so_and_keeps_its_findings():
    rule = BY_ID["logs-group-for-every-producer"]
    found = Engine(rule).stack(
        member(tokens.FUNCTION, "f", loggingConfig={"logGroup": "/gone"}),
        member(tokens.TASK_DEFINITION, "t", containerDefinitions=UNKNOWN),
    )
    assert [(item.enforcementLevel, item.urn) for item in found] == [
        (proto.MANDATORY, urn(tokens.FUNCTION, "f")),
        (proto.ADVISORY, urn(tokens.TASK_DEFINITION, "t")),
    ]
    assert found[1].message.splitlines()[1] == (
        "t: containerDefinitions is not known before the deployment, so 1 rule did not judge it: "
        "logs-group-for-every-producer"
    )


def test_what_several_rules_could_not_judge_is_one_finding():
    rules = [
        rule for rule in RULES if rule.id in ("taskdef-no-privileged", "taskdef-log-driver", "taskdef-image-pinned")
    ]
    engine = Engine(*rules)
    assert engine.resource(tokens.TASK_DEFINITION, "t", containerDefinitions=UNKNOWN) == []
    (found,) = engine.stack(member(tokens.TASK_DEFINITION, "t", containerDefinitions=UNKNOWN))
    assert "so 3 rules did not judge it: " in found.message
    assert "check_stack" in found.message


def test_a_critical_rule_that_looked_at_nothing_fails_where_the_configuration_says_so():
    rule = BY_ID["taskdef-no-privileged"]
    engine = Engine(rule, taskdef_no_privileged={"notJudged": "mandatory"})
    (found,) = engine.resource(tokens.TASK_DEFINITION, "t", containerDefinitions=UNKNOWN)
    assert found.enforcementLevel == proto.MANDATORY
    assert "containerDefinitions is not known before the deployment" in found.message
    assert engine.stack(member(tokens.TASK_DEFINITION, "t", containerDefinitions=UNKNOWN)) == []


def test_what_a_component_declares_is_judged_in_place_of_json_that_is_not_known():
    engine = Engine(BY_ID["taskdef-no-privileged"], BY_ID["logs-group-for-every-producer"])
    logs = {"logDriver": "awslogs", "options": {"awslogs-group": "/gone"}}
    containers = [{"name": "web", "image": UNKNOWN, "privileged": True, "logConfiguration": logs}]
    engine.resource("shop:index:Task", "task", containerDefinitions=containers)
    (found,) = engine.resource(
        tokens.TASK_DEFINITION, "t", parent=urn("shop:index:Task", "task"), containerDefinitions=UNKNOWN
    )
    assert "container web is privileged" in found.message
    (found,) = engine.stack(member(tokens.TASK_DEFINITION, "t", containerDefinitions=UNKNOWN))
    assert "writes to /gone" in found.message


def test_the_finding_of_a_stack_rule_names_its_resource():
    (found,) = Engine(FLOW).stack(member(tokens.VPC, "net"), member(tokens.CLUSTER, "main"))
    assert found.urn == urn(tokens.VPC, "net")


def test_a_stack_rule_follows_property_dependencies():
    net = member(tokens.VPC, "net")
    log = member(tokens.FLOW_LOG, "log", depends={"vpcId": [net.urn]}, vpcId=UNKNOWN)
    assert Engine(FLOW).stack(net, log) == []


def test_a_stack_rule_reads_the_inputs_of_the_resource_and_not_its_outputs():
    rule = BY_ID["logs-group-for-every-producer"]
    engine = Engine(rule, RETENTION)
    engine.resource(tokens.FLOW_LOG, "log", logDestinationType="s3")
    assert engine.stack(member(tokens.FLOW_LOG, "log", logDestinationType=UNKNOWN)) == []
    (unseen,) = Engine(rule, RETENTION).stack(member(tokens.FLOW_LOG, "log", logDestinationType=UNKNOWN))
    assert "logDestinationType" in unseen.message


def test_a_second_request_for_a_resource_replaces_what_was_remembered():
    engine = Engine(RETENTION)
    assert len(engine.resource(tokens.LOG_GROUP, "logs", retentionInDays=0)) == 1
    assert engine.resource(tokens.LOG_GROUP, "logs", retentionInDays=30) == []
    engine = Engine(FLOW)
    assert len(engine.stack(member(tokens.VPC, "net"))) == 1
    assert engine.stack() == []


def test_a_rule_that_crashes_is_a_violation_without_the_values_it_read():
    def broken(*_args: Any):
        raise ValueError("hunter2")
        yield ""

    (found,) = Engine(dataclasses.replace(RETENTION, check=broken)).resource(tokens.LOG_GROUP, "logs", name=SECRET)
    assert "the rule failed on it (ValueError), a fault of the pack" in found.message
    assert RETENTION.fix not in found.message
    assert "hunter2" not in found.message
    assert found.enforcementLevel == proto.MANDATORY


def test_an_error_of_the_pack_itself_is_a_violation_and_not_the_end_of_the_preview():
    (found,) = Engine(dataclasses.replace(RETENTION, types=None)).resource(tokens.LOG_GROUP, "logs")
    assert "the pack failed (TypeError), by a fault of its own" in found.message


def test_a_wrapped_secret_is_read_like_its_value():
    (found,) = Engine(RETENTION).resource(tokens.LOG_GROUP, "logs", name=SECRET, retentionInDays=0)
    assert "hunter2" not in found.message


def test_settings_reach_the_rule_and_absent_ones_have_their_defaults():
    assert Engine(RETENTION).resource(tokens.LOG_GROUP, "logs", retentionInDays=30) == []
    (found,) = Engine(RETENTION, logs_retention={"minimumDays": 90}).resource(
        tokens.LOG_GROUP, "logs", retentionInDays=30
    )
    assert "must be at least 90" in found.message


def exemption(**changes: str) -> dict[str, Any]:
    entry = {"match": "::logs$", "reason": "kept for the auditors", "expires": "2030-12-31", **changes}
    return {"exempt": [{key: value for key, value in entry.items() if value}]}


def outcome(entry: dict[str, Any]) -> tuple[int, list[str]]:
    engine = Engine(RETENTION, logs_retention=entry)
    violations = engine.resource(tokens.LOG_GROUP, "logs", retentionInDays=0)
    return len(violations), [found.message.splitlines()[1] for found in engine.stack(member(tokens.LOG_GROUP, "logs"))]


def test_an_exemption_with_a_reason_and_an_end_silences_the_rule_for_what_it_matches():
    assert outcome(exemption()) == (0, [])


def test_an_exemption_that_does_not_hold_is_a_finding_and_silences_nothing():
    prefix = "logs-retention.exempt[0]: the exemption of /::logs$/"
    renew = "remove it, or renew the reason and the date"
    assert outcome(exemption(expires="2030-05-31")) == (1, [f"{prefix} expired on 2030-05-31: {renew}"])
    assert outcome(exemption(expires="")) == (1, [f"{prefix} has no expiry date: add expires, as 2030-12-31"])
    assert outcome(exemption(reason="")) == (1, [f"{prefix} has no reason: say why the rule does not apply"])
    assert outcome(exemption(match=".*"))[0] == 1
    assert outcome(exemption(match="("))[0] == 1


def test_an_exemption_that_matches_nothing_is_a_finding():
    violations, (fault,) = outcome(exemption(match="::gone$"))
    assert violations == 1
    assert "matches no resource of this stack that is judged" in fault


def test_what_stands_under_all_is_for_every_rule(monkeypatch):
    monkeypatch.setattr(_PolicyAnalyzerServicer, "Configure", _PolicyAnalyzerServicer.Configure)  # put back at the end
    engine = Engine(RETENTION, configured=heard_configuration(), all=exemption(), logs_retention={})
    assert engine.resource(tokens.LOG_GROUP, "logs", retentionInDays=0) == []
    assert engine.stack(member(tokens.LOG_GROUP, "logs")) == []


def test_a_finding_links_to_the_page_that_the_configuration_names(monkeypatch):
    monkeypatch.setattr(_PolicyAnalyzerServicer, "Configure", _PolicyAnalyzerServicer.Configure)  # put back at the end
    pages = {"documentation": "https://docs.example.com/policies"}
    engine = Engine(RETENTION, configured=heard_configuration(), pack_configuration=pages)
    (found,) = engine.resource(tokens.LOG_GROUP, "logs", retentionInDays=0)
    assert "https://docs.example.com/policies#logs-retention" in found.message
    assert engine.stack(member(tokens.LOG_GROUP, "logs", retentionInDays=0)) == []


def test_a_finding_about_the_configuration_is_on_the_stack():
    engine = Engine(RETENTION, logs_retention={"minimumDay": 3})
    engine.resource(tokens.CLUSTER, "main")
    (found,) = engine.stack()
    assert found.urn == STACK
    assert "logs-retention.minimumDay: there is no such setting" in found.message


def test_a_rule_of_the_configuration_that_does_not_exist_is_a_finding_on_the_stack(monkeypatch):
    monkeypatch.setattr(_PolicyAnalyzerServicer, "Configure", _PolicyAnalyzerServicer.Configure)  # put back at the end
    (found,) = Engine(RETENTION, configured=heard_configuration(), log_retention={}, logs_retention={}).stack()
    assert found.urn == STACK
    assert found.message.splitlines()[1:] == [
        "there is no rule log-retention; did you mean logs-retention?",
        "Fix: Correct or remove the entry in the configuration of the pack.",
    ]


def test_an_sdk_without_the_class_that_is_listened_to_tells_no_names(monkeypatch):
    monkeypatch.delattr(sdk.policy, "_PolicyAnalyzerServicer")
    assert heard_configuration()() == {}


def test_default_tags_of_an_explicit_provider_count():
    rule = BY_ID["required-tags"]
    tags = json.dumps({"tags": {"environment": "t", "owner": "o", "managed-by": "p"}})
    tagged, bare = member(tokens.CLUSTER, "main"), member(tokens.CLUSTER, "main")
    tagged.provider.CopyFrom(proto.AnalyzerProviderResource(type="aws", properties=struct({"defaultTags": tags})))
    assert Engine(rule).stack(tagged) == []
    assert len(Engine(rule).stack(bare)) == 1


def test_the_pack_tells_the_engine_its_rules_in_order_and_prints_nothing(capfd):
    info = Engine(*RULES).server.GetAnalyzerInfo(None, None)
    assert [policy.name for policy in info.policies] == [*(rule.id for rule in RULES), *OF_THE_PACK]
    schema = json_format.MessageToDict(info.policies[0].configSchema)
    assert schema["properties"]["keys"]["default"] == ["environment", "owner", "managed-by"]
    assert capfd.readouterr().out == ""
