from dataclasses import fields

import pulumi
import pytest

from infra.common.stack_state import MARK
from infra.environment.deployed import Deployed, Identity
from tests.support.graph import OUTPUTS, STATE
from tests.support.program import graph_for

PREFIX = "urn:pulumi:dev::mine::"
VPC = PREFIX + "ecs-platform:index:Network$aws:ec2/vpc:Vpc::ecs-dev-network-vpc"
GROUP = PREFIX + "ecs-platform:index:Instances$aws:autoscaling/group:Group::ecs-dev-instances-group"
NAMESPACE = (
    PREFIX
    + "ecs-platform:index:Discovery$aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace::ecs-dev-namespace"
)
DEV = Identity(region="eu-central-1", environment="dev", cidr="10.0.0.0/16", namespace="dev.internal")


def state(**vpc):
    outputs = {"arn": "arn:aws:ec2:eu-central-1:123456789012:vpc/vpc-1", "cidrBlock": "10.0.0.0/16"} | vpc
    return {VPC: {"outputs": outputs}, NAMESPACE: {"outputs": {"name": "dev.internal"}}}


def deployed(resources):
    """The engine, with a stack that has these resources."""
    return {OUTPUTS: {"outputs": {MARK: 1.0}, "secretOutputNames": []}, STATE: {"outputs": resources}}


def test_a_new_stack_may_become_anything():
    Deployed.of({}).refuse_another(DEV)
    assert Deployed.of({}).group is None


def test_the_network_says_what_a_stack_is():
    assert Deployed.of(state()).identity == DEV
    Deployed.of(state()).refuse_another(DEV)


@pytest.mark.parametrize("changed", [field.name for field in fields(Identity)])
def test_every_part_of_the_identity_is_refused_by_its_setting(changed):
    wanted = Identity(**{**vars(DEV), changed: "another"})
    with pytest.raises(pulumi.RunError, match=f": another is wanted, this stack is {getattr(DEV, changed)}"):
        Deployed.of(state()).refuse_another(wanted)


def test_credentials_of_another_account_are_refused():
    Deployed.of(state()).refuse_another_account("123456789012")
    Deployed.of({}).refuse_another_account("210987654321")
    with pytest.raises(pulumi.RunError, match="the credentials: 210987654321 is wanted, this stack is 123456789012"):
        Deployed.of(state()).refuse_another_account("210987654321")


def test_all_changes_are_named_at_once():
    wanted = Identity(region="eu-west-1", environment="prod", cidr="10.1.0.0/16", namespace="prod.internal")
    with pytest.raises(pulumi.RunError) as caught:
        Deployed.of(state()).refuse_another(wanted)
    assert str(caught.value).count("\n  - ") == len(fields(Identity))


def test_a_component_around_the_environment_hides_nothing():
    inner = {VPC.replace("ecs-platform:index:Network", "acme:index:Site$ecs-platform:index:Network"): state()[VPC]}
    assert Deployed.of(inner).identity is not None


def test_somebody_elses_network_says_nothing():
    assert Deployed.of({PREFIX + "aws:ec2/vpc:Vpc::office": state()[VPC]}).identity is None


def test_what_a_first_deployment_did_not_come_to_is_free():
    Deployed.of({VPC: state()[VPC]}).refuse_another(Identity(**{**vars(DEV), "namespace": "other.internal"}))
    Deployed.of({VPC: {"outputs": {}}}).refuse_another(DEV)


def test_the_group_is_as_the_state_has_it():
    outputs = {"name": "ecs-dev-instances-1", "minSize": 2.0, "waitForCapacityTimeout": "900s"}
    group = Deployed.of({GROUP: {"outputs": outputs}}).group
    assert group is not None
    assert (group.name, group.min_size, group.capacity_timeout) == ("ecs-dev-instances-1", 2, "900s")
    assert group.mixed_instances_policy == {}


def test_the_program_refuses_to_go_to_another_account():
    elsewhere = {"arn": "arn:aws:ec2:eu-central-1:210987654321:vpc/vpc-1"}
    with pytest.raises(pulumi.RunError, match="the credentials: 123456789012 is wanted"):
        graph_for("dev", preview=True, lookups=deployed(state(**elsewhere)))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ecs-platform:environment", "stage"),
        ("aws:region", "eu-west-1"),
        ("ecs-platform:network", '{"cidr": "10.9.0.0/16"}'),
        ("ecs-platform:discovery", '{"namespace": "new.internal"}'),
    ],
)
def test_the_program_refuses_in_a_preview_to_be_another_environment(key, value):
    graph_for("dev", preview=True, lookups=deployed(state()))
    with pytest.raises(pulumi.RunError, match="this would replace the whole environment"):
        graph_for("dev", {key: value}, preview=True, lookups=deployed(state()))
