"""Reading: how many targets are healthy, and between which numbers of tasks services are scaled."""

import pytest

from lambdas.rebalancing.observe import TARGETS, Reader
from lambdas.rebalancing.proposals import HealthyTargets, ScalingBounds
from lambdas.rebalancing.snapshot import Bounds, RebalancingSnapshot
from tests.lambdas.transport import AwsError, fake_clients, fake_service_clients

GROUP = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef"


def read(respond, question):
    reader = Reader(aws=fake_clients(respond), more=fake_service_clients(respond), cluster="prod", known={})
    return reader(RebalancingSnapshot(), (question,))


@pytest.mark.parametrize(
    ("states", "healthy"),
    [
        ((), 0),
        (("healthy", "healthy", "initial", "draining", "unhealthy"), 2),
        (("unused", "unused"), 2),  # a target group that no listener forwards to
        (("healthy", "unused"), 1),  # one in a zone that the load balancer is not in
    ],
)
def test_targets_that_take_requests_are_counted(states, healthy):
    def respond(_service, _operation, _params):
        return {
            "TargetHealthDescriptions": [
                {"Target": {"Id": str(index), "Port": 80}, "TargetHealth": {"State": state}}
                for index, state in enumerate(states)
            ]
        }

    assert read(respond, HealthyTargets(target_groups=frozenset({GROUP}))).healthy == {GROUP: healthy}


def test_a_target_group_that_aws_refuses_to_tell_of_holds_up_its_own_service_alone(capsys):
    def respond(_service, _operation, _params):
        raise AwsError("TargetGroupNotFound", "gone")

    assert read(respond, HealthyTargets(target_groups=frozenset({GROUP}))).healthy == {GROUP: 0}
    assert '"event": "health unknown"' in capsys.readouterr().out


def test_bounds_are_asked_for_many_services_at_once():
    asked = []

    def respond(_service, _operation, params):
        asked.append(len(params["ResourceIds"]))
        found = [each for each in params["ResourceIds"] if each.endswith("s7")]
        return {
            "ScalableTargets": [
                {
                    "ServiceNamespace": "ecs",
                    "ResourceId": each,
                    "ScalableDimension": "ecs:service:DesiredCount",
                    "MinCapacity": 2,
                    "MaxCapacity": 9,
                    "RoleARN": "role",
                    "CreationTime": 0,
                }
                for each in found
            ]
        }

    names = frozenset(f"s{index}" for index in range(TARGETS + 1))
    bounds = read(respond, ScalingBounds(services=names)).bounds
    assert asked == [TARGETS, 1]
    assert (bounds["s7"], bounds["s8"], len(bounds)) == (Bounds(minimum=2, maximum=9), None, TARGETS + 1)
