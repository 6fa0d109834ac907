"""What the checks before the first `up` say of an account, answered by stubs of the API."""

import json

import pytest
from botocore.exceptions import ClientError

from infra.common.names import Names
from infra.environment.deployer import Deployer
from operator_command.reading import preflight
from operator_command.reading.checked import Verdict
from operator_command.reading.permissions import questions
from operator_command.reading.preflight import Preflight, cli_version
from tests.operator_command.account import DEV, LOCATION, PROD, ZONE_ID, Account, instances, quota, subnet
from tests.operator_command.stage import run
from tests.support.stack_files import ROOT


def test_vcpus_for_the_largest_size_count_beside_what_runs():
    assert PROD.instances.max_size == 30
    (said,) = Account(quota(64), instances("m7g.xlarge")).check("on_demand")
    assert said == (Verdict.OK, "60 wanted beside 4 in use by others, 64 allowed")


def test_interfaces_of_all_instances_trunks_and_tasks_count_against_the_quota():
    (said,) = Account(quota(5000)).check("interfaces")
    assert said == (Verdict.OK, "396 wanted by a refresh at maxSize, 5000 allowed in the account and Region")
    ((verdict, text),) = Account(quota(300)).check("interfaces")
    assert verdict is Verdict.PROBLEM
    assert text.endswith("--service-code vpc --quota-code L-DF5E4CA3 --desired-value 792")


def test_too_few_vcpus_are_a_problem_with_the_command_that_raises_them():
    ((verdict, text),) = Account(quota(32), instances()).check("on_demand")
    assert verdict is Verdict.PROBLEM
    assert text.endswith(
        "32 allowed; raise it: aws service-quotas request-service-quota-increase --service-code ec2 "
        "--quota-code L-1216C47A --desired-value 60"
    )


@pytest.mark.parametrize(
    ("kind", "code"), [("m7g.large", "L-1216C47A"), ("g5.xlarge", "L-DB2E81BA"), ("p4d.24xlarge", "L-417A185B")]
)
def test_the_quota_is_that_of_the_instance_family(kind, code):
    assert preflight._host_quota(kind) == code


def test_spot_is_asked_only_where_it_is_wanted():
    assert Account().check("spot") == []
    some = PROD.model_copy(update={"instances": PROD.instances.model_copy(update={"on_demand_percent": 0})})
    assert Account(quota(10), instances()).check("spot", some)[0][0] is Verdict.PROBLEM
    spot = {"InstanceType": "m7g.xlarge", "InstanceLifecycle": "spot"}
    running = ("ec2", "describe_instances", {"Reservations": [{"Instances": [spot, {"InstanceType": "m7g.large"}]}]})
    assert Account(quota(64), running).check("spot", some) == [
        (Verdict.OK, "60 wanted beside 4 in use by others, 64 allowed")
    ]


def test_addresses_are_wanted_one_a_gateway():
    addresses = ("ec2", "describe_addresses", {"Addresses": [{}, {}, {}]})
    assert Account(addresses, quota(5)).check("addresses")[0][0] is Verdict.PROBLEM
    assert Account(addresses, quota(5)).check("addresses", DEV) == [
        (Verdict.OK, "1 wanted beside 3 in use by others, 5 allowed")
    ]


def test_vpcs_and_gateways_of_the_fullest_zone_are_counted():
    vpcs = ("ec2", "describe_vpcs", {"Vpcs": [{}] * 5})
    assert Account(vpcs, quota(5)).check("vpcs")[0][0] is Verdict.PROBLEM
    standing = ("ec2", "describe_nat_gateways", {"NatGateways": [{"SubnetId": "s1"}, {"SubnetId": "s1"}]})
    subnets = ("ec2", "describe_subnets", {"Subnets": [{"SubnetId": "s1", "AvailabilityZone": "eu-central-1a"}]})
    said = Account(standing, subnets, quota(5)).check("nat_gateways")
    assert said == [(Verdict.OK, "1 wanted beside 2 in use by others, 5 allowed")]


def tagged(**more):
    tags = {"environment": "prod", "managed-by": "ecs-platform"} | {
        key.replace("_", "-"): it for key, it in more.items()
    }
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


@pytest.mark.parametrize(
    ("others", "own"),
    [([tagged(environment="dev")], [tagged()]), ([tagged(managed_by="me"), {}], [tagged(owner="we")])],
)
def test_what_the_environment_has_already_is_not_counted_beside_what_it_wants(others, own):
    beside = f"beside {len(others)} in use by others, 5 allowed"
    vpcs = ("ec2", "describe_vpcs", {"Vpcs": [*others, *own]})
    assert Account(vpcs, quota(5)).check("vpcs") == [(Verdict.OK, f"1 wanted {beside}")]
    held = ("ec2", "describe_addresses", {"Addresses": [*others, *own * 3]})
    assert Account(held, quota(5)).check("addresses") == [(Verdict.OK, f"3 wanted {beside}")]
    gateways = [each | {"SubnetId": "s1"} for each in [*others, *own]]
    subnets = ("ec2", "describe_subnets", {"Subnets": [{"SubnetId": "s1", "AvailabilityZone": "eu-central-1a"}]})
    standing = ("ec2", "describe_nat_gateways", {"NatGateways": gateways})
    assert Account(standing, subnets, quota(5)).check("nat_gateways") == [(Verdict.OK, f"1 wanted {beside}")]


def test_instances_of_the_environments_group_are_not_counted_beside_its_largest_size():
    def of_group(name):
        return {"InstanceType": "m7g.xlarge", "Tags": [{"Key": "aws:autoscaling:groupName", "Value": name}]}

    found = [of_group("ecs-prod-instances-0a1b2c3")] * 9 + [of_group("ecs-dev-instances-0a1b2c3")]
    running = ("ec2", "describe_instances", {"Reservations": [{"Instances": found}]})
    said = Account(quota(64), running).check("on_demand")
    assert said == [(Verdict.OK, "60 wanted beside 4 in use by others, 64 allowed")]


@pytest.mark.parametrize(("free", "verdict"), [(10, Verdict.PROBLEM), (1000, Verdict.OK)])
def test_the_concurrency_of_a_new_account_is_too_little(free, verdict):
    limits = {"AccountLimit": {"ConcurrentExecutions": free, "UnreservedConcurrentExecutions": free}}
    assert Account(("lambda", "get_account_settings", limits)).check("concurrency")[0][0] is verdict


@pytest.mark.parametrize(
    ("names", "verdict"),
    [(9, Verdict.OK), (10, Verdict.PROBLEM)],
)
def test_there_is_room_for_one_more_log_policy(names, verdict):
    found = {"resourcePolicies": [{"policyName": f"p{number}"} for number in range(names)]}
    assert Account(("logs", "describe_resource_policies", found)).check("log_policies")[0][0] is verdict


def test_a_log_policy_of_the_environment_itself_needs_no_room():
    found = {"resourcePolicies": [{"policyName": name} for name in ["ecs-prod-events", *"abcdefghi"]]}
    ((verdict, text),) = Account(("logs", "describe_resource_policies", found)).check("log_policies")
    assert (verdict, text) == (Verdict.OK, "10 of 10, ours among them")


def test_a_linked_role_that_is_missing_is_named_with_the_command_that_makes_it():
    role = {"Role": {"Path": "/", "RoleName": "r", "RoleId": "A" * 16, "Arn": "a" * 20, "CreateDate": "2026-01-01"}}
    account = Account(
        ("iam", "get_role", "NoSuchEntity"), ("iam", "get_role", role), ("iam", "get_role", role),
    )  # fmt: skip
    ecs, *others = account.check("linked_roles")
    remedy = "is not there; aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com"
    assert ecs == (Verdict.PROBLEM, remedy)
    assert others == [(Verdict.OK, "is there")] * 2


def test_instances_and_subnets_are_read_once_for_all_checks():
    account = Account(
        instances(), quota(64), ("ec2", "describe_nat_gateways", {"NatGateways": []}),
        ("ec2", "describe_subnets", {"Subnets": [subnet()]}), quota(5),
    )  # fmt: skip
    checks = Preflight(settings=PROD, client=account.client)
    for check in (checks.on_demand, checks.nat_gateways, checks.free_addresses):
        assert {each.verdict for each in check()} == {Verdict.OK}


def test_the_caller_is_simulated_with_the_names_of_the_stack():
    identity = {"Arn": "arn:aws:sts::123456789012:assumed-role/deployer/me"}
    role = {
        "Path": "/team/", "RoleName": "deployer", "RoleId": "A" * 16, "CreateDate": "2026-01-01",
        "Arn": "arn:aws:iam::123456789012:role/team/deployer",
    }  # fmt: skip
    allowed = {"EvalActionName": "ecs:CreateCluster", "EvalDecision": "allowed"}
    answer = {"EvaluationResults": [allowed], "IsTruncated": False}
    account = Account(("sts", "get_caller_identity", identity), ("iam", "get_role", {"Role": role}))
    asked = []
    policies = Deployer(names=Names("prod"), location=LOCATION, hosted_zone=ZONE_ID).policies()
    for _ in questions(policies.values()):
        account.stub("iam").add_response("simulate_principal_policy", answer)
    account.client("iam").meta.events.register("provide-client-params", lambda params, **_: asked.append(params))
    ((verdict, text),) = account.check("permissions")
    assert (verdict, text.startswith("IAM's simulation allows arn:aws:iam::123456789012:role/team/deployer")) == (
        Verdict.OK,
        True,
    )
    assert ["arn:aws:lambda:eu-central-1:123456789012:function:ecs-prod-0"] in [
        each["ResourceArns"] for each in asked[1:]
    ]


def test_without_a_domain_no_zone_is_asked_for():
    assert Account().check("delegation", DEV) == []
    assert Account().check("hosted_zone", DEV) == [(Verdict.OK, "none wanted: no domain is set")]


def test_trunking_is_said_and_never_a_problem():
    found = {"settings": [{"name": "awsvpcTrunking", "value": "disabled"}]}
    ((verdict, text),) = Account(("ecs", "list_account_settings", found)).check("trunking")
    assert (verdict, text) == (Verdict.OK, "disabled; the first up enables it for the whole account and Region")


def test_what_may_not_be_read_is_said_and_does_not_stop_the_others():
    class Denied:
        """Refuses whatever is called."""

        def __getattr__(self, name):
            def refuse(*_, **__):
                raise ClientError({"Error": {"Code": "AccessDenied", "Message": "the credentials may not"}}, name)

            return refuse

    account = Account(("ecs", "list_account_settings", {"settings": []}))

    def client(service):
        return account.client(service) if service == "ecs" else Denied()

    found = list(Preflight(settings=DEV, client=client).findings())
    first = next(one for one in found if one.what == "on demand")
    assert first.verdict is Verdict.UNKNOWN
    assert "AccessDenied: the credentials may not" in first.text
    assert found[-1].what == "awsvpcTrunking"
    assert {one.verdict for one in found} == {Verdict.UNKNOWN, Verdict.OK}


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("aws-cli/2.31.4 Python/3.13.7 Linux/6.1", Verdict.OK),
        ("aws-cli/1.29.0 Python/3.8", Verdict.PROBLEM),
        (None, Verdict.PROBLEM),
    ],
)
def test_the_runbooks_need_version_2_of_the_cli(said, verdict):
    assert cli_version(said).verdict is verdict


def test_the_exit_code_says_whether_something_is_missing(monkeypatch):
    monkeypatch.setattr(preflight, "installed_cli", lambda: "aws-cli/2.1 x")
    monkeypatch.setattr(Preflight, "findings", lambda self: iter([cli_version(None)]))
    said = run("preflight", "prod", "--folder", str(ROOT))
    assert (said.code, said.out.splitlines()[-1]) == (1, "1 ok, 1 problem, 0 cannot be checked")
    told = run("preflight", "prod", "--folder", str(ROOT), "--json").out.splitlines()
    assert [json.loads(line)["verdict"] for line in told] == ["ok", "problem"]
    monkeypatch.setattr(Preflight, "findings", lambda self: iter([]))
    assert run("preflight", "prod", "--folder", str(ROOT)).code == 0


def test_an_unknown_stack_is_one_line():
    said = run("preflight", "prd", "--folder", str(ROOT))
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert said.err.endswith("has no file Pulumi.prd.yaml with its settings\n")


@pytest.mark.parametrize(("zones", "verdict"), [(3, Verdict.OK), (2, Verdict.PROBLEM)])
def test_the_region_has_to_offer_every_type_in_enough_zones(zones, verdict):
    offered = [
        {"InstanceType": kind, "Location": f"euc1-az{zone}"} for kind in PROD.instances.types for zone in range(zones)
    ]
    answer = {"InstanceTypeOfferings": [*offered, {"InstanceType": "x1.large", "Location": "euc1-az9"}]}
    ((found, text),) = Account(("ec2", "describe_instance_type_offerings", answer)).check("offers")
    assert found is verdict
    assert text.startswith(f"{zones} zones offer")
