import pulumi
import pytest

from infra.common import stack_state
from tests.support.graph import OUTPUTS, STATE, graph_of

VPC = "urn:pulumi:dev::p::aws:ec2/vpc:Vpc::v"


def engine(outputs, secret=()):
    """An engine whose stack exported these, and has one resource."""
    return {
        OUTPUTS: {"outputs": outputs, "secretOutputNames": list(secret)},
        STATE: {"outputs": {VPC: {"outputs": {"arn": "x"}}}},
    }


def test_a_stack_without_the_mark_is_not_asked_for_its_resources():
    def program():
        assert stack_state.resources() == {}

    assert graph_of(program).outputs == {stack_state.MARK: 1}


def test_a_stack_with_the_mark_knows_its_resources():
    seen = []
    graph_of(lambda: seen.append(stack_state.resources()), lookups=engine({stack_state.MARK: 1.0}))
    assert seen == [{VPC: {"outputs": {"arn": "x"}}}]


def test_what_is_refused_keeps_what_other_stacks_read(monkeypatch):
    exported = {}
    monkeypatch.setattr(pulumi, "export", exported.__setitem__)

    def program():
        with stack_state.kept_outputs():
            raise pulumi.RunError("no")

    with pytest.raises(pulumi.RunError, match="no"):
        graph_of(program, lookups=engine({"vpcId": "vpc-1", "token": "s"}, secret=["token"]))
    assert exported["vpcId"] == "vpc-1"
    assert isinstance(exported["token"], pulumi.Output)
