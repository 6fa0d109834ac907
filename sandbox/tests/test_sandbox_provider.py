"""The provider's own rules, apart from any one type: names, tags, unknowns, refusals."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from pulumi.runtime.proto import provider_pb2

from sandbox import wire
from sandbox.clients import endpoint
from sandbox.provider import Provider
from sandbox.refusal import Refusal
from sandbox.tests.driver import AbortedError, Context, Driver
from sandbox.tests.example import trust
from sandbox.wire import UNKNOWN

VPC = "aws:ec2/vpc:Vpc"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
SECRET = {wire.SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": "geheim"}


def test_an_unknown_property_is_refused_with_the_nearest_name(driver):
    _, failures = driver.check(VPC, {"cidrBlok": "10.0.0.0/16"})
    assert failures == [("cidrBlok", "there is no property 'cidrBlok' here; did you mean 'cidrBlock'?")]


@pytest.mark.parametrize(
    ("inputs", "path", "reason"),
    [
        ({"tags": ["a"]}, "tags", "expected a map, got a list"),
        ({"enableDnsSupport": "maybe"}, "enableDnsSupport", "expected true or false, got 'maybe'"),
        ({"cidrBlock": {"a": "b"}}, "cidrBlock", "expected a text, got an object"),
    ],
)
def test_a_wrong_structure_is_refused_at_its_path(driver, inputs, path, reason):
    _, failures = driver.check(VPC, inputs)
    assert failures == [(path, reason)]


def test_problems_inside_of_objects_name_their_whole_path(driver):
    inputs = {"minSize": 1, "mixedInstancesPolicy": {"launchTemplate": {"override": []}}}
    _, failures = driver.check("aws:autoscaling/group:Group", inputs)
    assert [path for path, _ in failures] == [
        "mixedInstancesPolicy.launchTemplate.override",
        "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification",
        "maxSize",
    ]


def test_numbers_texts_and_booleans_stand_for_each_other(driver):
    checked, failures = driver.check(LOGS, {"retentionInDays": "7", "skipDestroy": "true", "kmsKeyId": 5})
    assert failures == []
    assert (checked["retentionInDays"], checked["skipDestroy"], checked["kmsKeyId"]) == (7, True, "5")


def test_a_type_that_pulumi_aws_does_not_have_is_refused(driver):
    with pytest.raises(AbortedError, match="has no resource type aws:ec2/vpc:Vpx"):
        driver.check("aws:ec2/vpc:Vpx", {})


def test_an_automatic_name_is_known_at_once_and_stays(driver):
    first, _ = driver.check(LOGS, {}, "app")
    again, _ = driver.check(LOGS, {"retentionInDays": 7}, "app", first)
    assert first["name"].startswith("app-")
    assert again["name"] == first["name"]


def test_a_prefix_leaves_the_name_to_creation(driver):
    checked, _ = driver.check(LOGS, {"namePrefix": "app-"})
    assert "name" not in checked
    made = driver.create(LOGS, {"namePrefix": "app-"})
    assert made.outputs["name"].startswith("app-")
    changed = driver.update(made, {"namePrefix": "app-", "retentionInDays": 3})
    assert changed.outputs["name"] == made.outputs["name"]
    driver.delete(made)


def test_a_long_automatic_name_fits_its_service(driver):
    checked, _ = driver.check("aws:lb/targetGroup:TargetGroup", {}, "a-name-that-is-much-longer-than-allowed")
    assert len(checked["name"]) == 32


def test_a_replacement_deletes_first_only_where_the_program_keeps_its_own_name(driver):
    token = "aws:ec2/securityGroup:SecurityGroup"
    named = driver.create(token, {"name": "mine", "description": "one"})
    automatic = driver.create(token, {"description": "one"})
    assert driver.diff(named, {"name": "mine", "description": "two"}).deleteBeforeReplace
    assert not driver.diff(named, {"name": "other", "description": "two"}).deleteBeforeReplace
    assert not driver.diff(automatic, {"description": "two"}).deleteBeforeReplace


def test_a_preview_knows_names_but_no_arns(driver):
    foretold = driver.preview(LOGS, {"retentionInDays": 7})
    assert foretold["retentionInDays"] == 7
    assert foretold["name"].startswith("it-")
    assert foretold["arn"] is UNKNOWN


def test_unknown_inputs_stay_unknown_through_check_and_preview(driver):
    foretold = driver.preview("aws:ec2/subnet:Subnet", {"vpcId": UNKNOWN, "tags": {"a": UNKNOWN}})
    assert foretold["vpcId"] is UNKNOWN
    assert foretold["tagsAll"] is UNKNOWN


def test_a_new_version_of_a_template_is_unknown_in_its_preview_unless_only_tags_change(driver):
    inputs = {"instanceType": "m5.large"}
    made = driver.create("aws:ec2/launchTemplate:LaunchTemplate", inputs)
    bigger = driver.update(made, {"instanceType": "m5.xlarge"}, preview=True)
    tagged = driver.update(made, {**inputs, "tags": {"a": "b"}}, preview=True)
    assert bigger.outputs["latestVersion"] is UNKNOWN
    assert tagged.outputs["latestVersion"] == 1


def test_default_tags_reach_every_resource_and_its_diff(driver):
    plain, tagging = driver, Driver(defaultTags='{"tags": {"env": "dev", "team": "all"}}')
    made = plain.create(LOGS, {"tags": {"team": "mine"}})
    assert made.outputs["tagsAll"] == {"team": "mine"}
    assert list(tagging.diff(made, {"tags": {"team": "mine"}}).diffs) == ["tagsAll"]
    changed = tagging.update(made, {"tags": {"team": "mine"}})
    assert changed.outputs["tagsAll"] == {"env": "dev", "team": "mine"}
    looked = tagging.read(changed)
    assert looked is not None
    assert looked.inputs == changed.inputs


def test_a_secret_arrives_as_its_value(driver):
    made = driver.create("aws:ssm/parameter:Parameter", {"type": "SecureString", "value": SECRET, "name": "/s"})
    assert made.outputs["value"] == "geheim"
    assert made.outputs["insecureValue"] == ""


def test_a_refresh_shows_what_somebody_else_changed(driver):
    made = driver.create(LOGS, {"retentionInDays": 7, "tags": {"a": "b"}})
    client = driver.provider._connected().client("logs", "eu-west-1")
    client.put_retention_policy(logGroupName=made.id, retentionInDays=30)
    client.tag_resource(resourceArn=made.outputs["arn"], tags={"by": "hand"})
    looked = driver.read(made)
    assert looked is not None
    assert looked.inputs["retentionInDays"] == 30
    assert looked.inputs["tagsAll"] == {"a": "b", "by": "hand"}
    assert set(driver.diff(looked, {"retentionInDays": 7, "tags": {"a": "b"}}).diffs) == {"retentionInDays", "tagsAll"}


def test_an_import_reads_the_inputs_from_aws(driver):
    made = driver.create(VPC, {"cidrBlock": "10.7.0.0/16", "tags": {"a": "b"}})
    request = provider_pb2.ReadRequest(id=made.id, urn=made.urn)
    found = wire.received(driver.provider.Read(request, Context()).inputs)
    assert (found["cidrBlock"], found["tags"]) == ("10.7.0.0/16", {"a": "b"})


def test_an_error_of_aws_is_one_line_with_its_code(driver):
    with pytest.raises(AbortedError, match=r"^AWS refused CreateVpc: InvalidParameterValue: .*$"):
        driver.create(VPC, {"cidrBlock": "nonsense"})


def test_a_call_that_botocore_refuses_is_one_line(driver):
    with pytest.raises(AbortedError, match=r"^AWS would refuse the call: .*"):
        driver.create(
            "aws:sqs/queuePolicy:QueuePolicy", {"queueUrl": "http://127.0.0.1:1/q", "policy": "", "region": "x y"}
        )


def test_a_type_without_an_entry_is_only_recorded(driver):
    made = driver.create("aws:glacier/vault:Vault", {"name": "v"})
    assert made.outputs["name"] == "v"
    looked = driver.read(made)
    assert looked is not None
    driver.delete(made)


def test_a_resource_that_cannot_be_finished_is_deleted_again(driver):
    inputs = {"name": "half", "assumeRolePolicy": trust("ec2"), "inlinePolicies": [{"name": "p", "policy": "no JSON"}]}
    with pytest.raises(AbortedError, match="AWS refused PutRolePolicy: MalformedPolicyDocument"):
        driver.create("aws:iam/role:Role", inputs)
    with pytest.raises(ClientError, match="NoSuchEntity"):
        driver.provider._connected().client("iam", "eu-west-1").get_role(RoleName="half")


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "AWS_ENDPOINT_URL is not set"),
        ({"AWS_ENDPOINT_URL": "https://ec2.eu-west-1.amazonaws.com"}, "this machine only"),
        ({"AWS_ENDPOINT_URL": "http://10.0.0.1:5000"}, "this machine only"),
    ],
)
def test_only_an_emulator_on_this_machine_is_ever_called(environment, words):
    with pytest.raises(Refusal, match=words):
        endpoint(environment)


def test_an_emulator_that_is_gone_is_one_sentence(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(AbortedError, match="the emulator does not answer"):
        Driver().create(VPC, {"cidrBlock": "10.0.0.0/16"})


def test_a_missing_region_is_one_sentence(emulator, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator)
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    provider = Provider()
    provider.Configure(provider_pb2.ConfigureRequest(), Context())
    with pytest.raises(AbortedError, match="no Region"):
        provider.Invoke(provider_pb2.InvokeRequest(tok="aws:index/getRegion:getRegion"), Context())
