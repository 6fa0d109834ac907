import json

import pulumi_aws as aws

from tests.support.builders import a_network_graph, some_conventions
from tests.support.graph import ACCOUNT, REGION
from tests.support.program import graph_for
from tests.support.wrong_settings import problem_of


def test_flow_logs_record_everything_by_the_minute_for_as_long_as_set():
    graph = a_network_graph(conventions=some_conventions(log_retention_days=30))
    flow_log, group = graph.one(aws.ec2.FlowLog), graph.one(aws.cloudwatch.LogGroup)
    assert (flow_log["trafficType"], flow_log["maxAggregationInterval"]) == ("ALL", 60)
    assert group["retentionInDays"] == 30
    assert flow_log.property_dependencies["logDestination"] == {group.urn}
    assert graph.one(aws.iam.RolePolicy).urn in graph.before(flow_log)


def test_flow_logs_record_what_was_rejected_alone_and_at_longer_intervals_where_that_is_enough():
    flow_log = a_network_graph(flow_logs="rejected", flow_log_interval_s=600).one(aws.ec2.FlowLog)
    assert (flow_log["trafficType"], flow_log["maxAggregationInterval"]) == ("REJECT", 600)


def test_without_flow_logs_nothing_of_them_is_made():
    graph = a_network_graph(flow_logs="none")
    assert not [node.name for node in graph.nodes if "flow-log" in node.name]


def test_what_aws_does_not_take_as_an_interval_is_refused_with_what_it_takes():
    said = problem_of("ecs-platform:network", {"flowLogIntervalS": 300})
    assert said.startswith("ecs-platform:network.flowLogIntervalS: must be one of 60, 600, got 300")


def test_the_settings_reach_the_flow_log():
    changed = json.dumps({"flowLogs": "rejected", "flowLogIntervalS": 600})
    flow_log = graph_for("prod", {"ecs-platform:network": changed}).one(aws.ec2.FlowLog)
    assert (flow_log["trafficType"], flow_log["maxAggregationInterval"]) == ("REJECT", 600)
    assert not graph_for("prod", {"ecs-platform:network": '{"flowLogs": "none"}'}).of(aws.ec2.FlowLog)


def test_the_role_of_flow_logs_writes_to_its_own_group_only():
    statements = json.loads(a_network_graph().one(aws.iam.RolePolicy)["policy"])["Statement"]
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs-platform/test/vpc-flow-logs"
    assert [statement["Resource"] for statement in statements if "logs:PutLogEvents" in statement["Action"]] == [
        [arn, f"{arn}:*"]
    ]
    assert [statement["Action"] for statement in statements if statement["Resource"] == ["*"]] == [
        ["logs:DescribeLogGroups"]
    ]
