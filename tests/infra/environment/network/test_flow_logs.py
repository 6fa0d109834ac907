import json

import pulumi_aws as aws

from tests.support.builders import a_network_graph, some_conventions
from tests.support.graph import ACCOUNT, REGION


def test_flow_logs_record_everything_by_the_minute_for_as_long_as_set():
    graph = a_network_graph(conventions=some_conventions(log_retention_days=30))
    flow_log, group = graph.one(aws.ec2.FlowLog), graph.one(aws.cloudwatch.LogGroup)
    assert (flow_log["trafficType"], flow_log["maxAggregationInterval"]) == ("ALL", 60)
    assert group["retentionInDays"] == 30
    assert flow_log.property_dependencies["logDestination"] == {group.urn}
    assert graph.one(aws.iam.RolePolicy).urn in graph.before(flow_log)


def test_the_role_of_flow_logs_writes_to_its_own_group_only():
    statements = json.loads(a_network_graph().one(aws.iam.RolePolicy)["policy"])["Statement"]
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs-platform/test/vpc-flow-logs"
    assert [statement["Resource"] for statement in statements if "logs:PutLogEvents" in statement["Action"]] == [
        [arn, f"{arn}:*"]
    ]
    assert [statement["Action"] for statement in statements if statement["Resource"] == ["*"]] == [
        ["logs:DescribeLogGroups"]
    ]
