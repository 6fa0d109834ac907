import json
from fnmatch import fnmatchcase

import pulumi_aws as aws

from infra.common.names import Names
from infra.environment.encryption import Encryption, EncryptionArgs, key_policy, log_groups
from tests.support.builders import LOCATION
from tests.support.graph import ACCOUNT, graph_of
from tests.support.program import graph_for


def statements_for(service: str) -> list[dict]:
    statements = json.loads(key_policy(LOCATION, Names("test")))["Statement"]
    return [one for one in statements if one["Principal"].get("Service") == service]


def test_the_key_rotates_and_does_not_vanish_at_once():
    graph = graph_of(lambda: Encryption("main", EncryptionArgs(names=Names("test"), location=LOCATION)), preview=True)
    key = graph.one(aws.kms.Key)
    assert (key["enableKeyRotation"], key["deletionWindowInDays"]) == (True, 30)
    assert key["policy"] == key_policy(LOCATION, Names("test"))  # known in a preview
    assert graph.one(aws.kms.Alias)["name"] == "alias/ecs-test"


def test_logs_may_use_the_key_for_groups_of_this_environment_only():
    (logs,) = statements_for("logs.eu-central-1.amazonaws.com")
    context = logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    groups = [
        "/ecs-platform/test/*",
        "/aws/lambda/ecs-test-instances",
        "/aws/lambda/ecs-test-capacity",
        "/aws/lambda/ecs-test-rebalancing",
        "/aws/events/ecs-test",
        "/aws/ecs/containerinsights/ecs-test/performance",
    ]
    assert context == [f"arn:aws:logs:eu-central-1:123456789012:log-group:{each}" for each in groups]


def test_logs_may_use_the_key_for_every_group_under_it_and_for_none_of_an_environment_of_a_longer_name():
    patterns = log_groups(LOCATION, Names("prod"))

    def matched(graph):
        groups = [each for each in graph.of(aws.cloudwatch.LogGroup) if each.inputs.get("kmsKeyId")]
        return [any(fnmatchcase(LOCATION.log_group_arn(each["name"]), one) for one in patterns) for each in groups]

    assert len(matched(graph_for("prod"))) > 5
    assert all(matched(graph_for("prod")))
    assert not any(matched(graph_for("prod", {"ecs-platform:environment": "prod-eu"})))


def test_alarms_of_this_account_may_publish_through_the_key():
    (statement,) = statements_for("cloudwatch.amazonaws.com")
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]


def test_no_service_may_use_the_key_for_other_accounts():
    services = [
        one for one in json.loads(key_policy(LOCATION, Names("test")))["Statement"] if "Service" in one["Principal"]
    ]
    assert len(services) == 2
    assert all(ACCOUNT in json.dumps(one["Condition"]) for one in services)


def test_the_account_keeps_control_of_the_key():
    (root,) = [one for one in json.loads(key_policy(LOCATION, Names("test")))["Statement"] if "AWS" in one["Principal"]]
    assert root["Principal"]["AWS"] == "arn:aws:iam::123456789012:root"
