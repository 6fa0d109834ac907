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


def test_an_engine_that_is_writing_is_asked_again(monkeypatch):
    monkeypatch.setattr(stack_state, "WAITS_S", (0, 0))
    answers = engine({stack_state.MARK: 1.0})
    asked = []

    def late(_):
        asked.append(1)
        return ({}, [("", "failed to load checkpoint: EOF")]) if len(asked) < 3 else answers[STATE]

    seen = []
    graph_of(lambda: seen.append(stack_state.resources()), lookups={**answers, STATE: late})
    assert (len(asked), *seen) == (3, {VPC: {"outputs": {"arn": "x"}}})


def test_a_type_is_found_below_any_component_and_no_other_is():
    kind = "acme:index:Site$aws:ec2/vpc:Vpc"
    urns = [
        f"urn:pulumi:dev::p::{types}::{name}"
        for types, name in (
            (kind, "own"),
            (f"acme:index:All${kind}", "inner"),
            ("aws:ec2/vpc:Vpc", "bare"),
            (f"x{kind}", "alike"),
        )
    ]
    resources = {urn: {"outputs": {"id": urn}} for urn in urns}
    assert [*stack_state.outputs_of(resources, kind)] == ["own", "inner"]
