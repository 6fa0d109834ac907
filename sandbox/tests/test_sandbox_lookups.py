"""Look-ups of a program, answered by the emulator."""

from __future__ import annotations

import json
import re

import pytest

from sandbox.lookups import _LOOK_UPS, _result_types
from sandbox.schema import checked, schema_of
from sandbox.tests.driver import AbortedError
from sandbox.wire import UNKNOWN


def test_every_look_up_exists_in_pulumi_aws():
    for token in _LOOK_UPS:
        assert "id" in _result_types(token), token


def test_zones_identity_and_region_are_answered(driver):
    zones = driver.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {"state": "available"})
    assert zones["names"] == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    assert driver.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"] == "123456789012"
    assert driver.invoke("aws:index/getRegion:getRegion", {})["region"] == "eu-west-1"
    assert driver.invoke("aws:index/getPartition:getPartition", {})["dnsSuffix"] == "amazonaws.com"


def test_a_public_parameter_is_answered_openly(driver):
    name = "/aws/service/ecs/optimized-ami/amazon-linux-2/recommended/image_id"
    found = driver.invoke("aws:ssm/getParameter:getParameter", {"name": name})
    assert found["insecureValue"] == found["value"]
    assert found["value"].startswith("ami-")


def test_a_look_up_that_finds_nothing_says_for_what(driver):
    with pytest.raises(AbortedError, match="getParameter found nothing for name='/nowhere'"):
        driver.invoke("aws:ssm/getParameter:getParameter", {"name": "/nowhere"})


def test_an_unlisted_look_up_is_refused(driver):
    with pytest.raises(AbortedError, match="the sandbox has no look-up aws:glue/getScript:getScript"):
        driver.invoke("aws:glue/getScript:getScript", {})


def test_log_groups_are_found_by_the_start_of_their_names(driver):
    for name in ("/a/one", "/a/two", "/b/one"):
        driver.create("aws:cloudwatch/logGroup:LogGroup", {"name": name})
    found = driver.invoke("aws:cloudwatch/getLogGroups:getLogGroups", {"logGroupNamePrefix": "/a/"})
    assert found["logGroupNames"] == ["/a/one", "/a/two"]
    assert [arn.rpartition(":")[2] for arn in found["arns"]] == ["/a/one", "/a/two"]


def test_a_group_shows_its_policy_and_its_tags_as_lists(driver):
    template = driver.create(
        "aws:ec2/launchTemplate:LaunchTemplate", {"name": "t", "imageId": "ami-12c6146b", "instanceType": "m7g.large"}
    )
    specification = {"launchTemplateId": template.id, "version": "1"}
    policy = {
        "launchTemplate": {"launchTemplateSpecification": specification, "overrides": [{"instanceType": "m7g.large"}]}
    }
    group = {
        "name": "looked-up",
        "minSize": 0,
        "maxSize": 1,
        "availabilityZones": ["eu-west-1a"],
        "mixedInstancesPolicy": policy,
        "tags": [{"key": "a", "value": "b", "propagateAtLaunch": False}],
    }
    driver.create("aws:autoscaling/group:Group", group)
    found = driver.invoke("aws:autoscaling/getGroup:getGroup", {"name": "looked-up"})
    (template_of,) = found["mixedInstancesPolicies"][0]["launchTemplates"]
    assert template_of["launchTemplateSpecifications"][0]["version"] == "1"
    assert [(tag["key"], tag["value"]) for tag in found["tags"]] == [("a", "b")]


def test_an_instance_type_has_its_sizes(driver):
    found = driver.invoke("aws:ec2/getInstanceType:getInstanceType", {"instanceType": "m5.large"})
    assert (found["defaultVcpus"], found["memorySize"], found["maximumNetworkInterfaces"]) == (2, 8192, 3)


def test_several_images_are_one_too_many_unless_the_latest_is_wanted(driver):
    token, args = "aws:ec2/getAmi:getAmi", {"owners": ["amazon"], "nameRegex": "^amzn"}
    with pytest.raises(AbortedError, match="set mostRecent"):
        driver.invoke(token, args)
    assert driver.invoke(token, {**args, "mostRecent": True})["id"].startswith("ami-")


def test_a_cluster_and_its_service_are_found(driver):
    cluster = driver.create("aws:ecs/cluster:Cluster", {"name": "looked"})
    task = driver.create(
        "aws:ecs/taskDefinition:TaskDefinition",
        {"family": "t", "containerDefinitions": json.dumps([{"name": "a", "image": "b", "memory": 1}])},
    )
    service = driver.create(
        "aws:ecs/service:Service", {"name": "web", "cluster": cluster.id, "taskDefinition": task.outputs["arn"]}
    )
    assert driver.invoke("aws:ecs/getCluster:getCluster", {"clusterName": "looked"})["arn"] == cluster.id
    found = driver.invoke("aws:ecs/getService:getService", {"clusterArn": cluster.id, "serviceName": "web"})
    assert found["arn"] == service.id
    driver.delete(service)
    with pytest.raises(AbortedError, match="getService found nothing"):
        driver.invoke("aws:ecs/getService:getService", {"clusterArn": cluster.id, "serviceName": "web"})


def test_a_policy_document_is_computed(driver):
    statements = [
        {
            "sid": "a",
            "actions": ["s3:Put", "s3:Get"],
            "resources": ["*"],
            "principals": [{"type": "Service", "identifiers": ["ecs.amazonaws.com"]}],
            "conditions": [{"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["1"]}],
        }
    ]
    found = driver.invoke("aws:iam/getPolicyDocument:getPolicyDocument", {"statements": statements})
    assert json.loads(found["json"])["Statement"] == [
        {
            "Sid": "a",
            "Effect": "Allow",
            "Action": ["s3:Get", "s3:Put"],
            "Resource": "*",
            "Principal": {"Service": "ecs.amazonaws.com"},
            "Condition": {"StringEquals": {"aws:SourceAccount": "1"}},
        }
    ]
    over = {
        "statements": statements,
        "overridePolicyDocuments": [json.dumps({"Statement": {"Sid": "a", "Effect": "Deny"}})],
    }
    found = driver.invoke("aws:iam/getPolicyDocument:getPolicyDocument", over)
    assert json.loads(found["json"])["Statement"] == [{"Sid": "a", "Effect": "Deny"}]


OFFERINGS = "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings"


def test_zones_say_which_instance_types_they_offer(driver):
    types = {"name": "instance-type", "values": ["m5.large", "m7g.large"]}
    found = driver.invoke(OFFERINGS, {"locationType": "availability-zone-id", "filters": [types]})
    zones = ["euw1-az1", "euw1-az2", "euw1-az3"]
    assert list(zip(found["instanceTypes"], found["locations"], strict=True)) == [
        (kind, zone) for kind in ("m5.large", "m7g.large") for zone in zones
    ]
    assert set(found["locationTypes"]) == {"availability-zone-id"}


def test_the_zone_of_us_east_1_that_lacks_most_types_lacks_them_here(driver):
    types = {"name": "instance-type", "values": ["m7g.large"]}
    args = {"locationType": "availability-zone-id", "filters": [types], "region": "us-east-1"}
    found = driver.invoke(OFFERINGS, args)
    assert found["locations"] == ["use1-az1", "use1-az2", "use1-az4", "use1-az5", "use1-az6"]


def test_where_the_emulator_knows_no_offers_every_zone_has_what_is_asked_for(driver):
    types = {"name": "instance-type", "values": ["m7g.large"]}
    args = {"filters": [types], "region": "us-gov-west-1"}
    assert driver.invoke(OFFERINGS, args)["locations"] == ["us-gov-west-1"]
    zones = driver.invoke(OFFERINGS, {**args, "locationType": "availability-zone-id"})["locations"]
    assert len(zones) == 3


def test_the_default_network_is_found(driver):
    vpc = driver.invoke("aws:ec2/getVpc:getVpc", {"default": True})
    assert vpc["default"] is True
    by_vpc = [{"name": "vpc-id", "values": [vpc["id"]]}]
    every = driver.invoke("aws:ec2/getSubnets:getSubnets", {"filters": by_vpc})["ids"]
    assert len(every) == 3
    defaults = [*by_vpc, {"name": "default-for-az", "values": ["true"]}]
    assert driver.invoke("aws:ec2/getSubnets:getSubnets", {"filters": defaults})["ids"] == every
    one = {"vpcId": vpc["id"], "availabilityZone": "eu-west-1a", "defaultForAz": True}
    assert driver.invoke("aws:ec2/getSubnet:getSubnet", one)["id"] in every
    group = driver.invoke("aws:ec2/getSecurityGroup:getSecurityGroup", {"vpcId": vpc["id"], "name": "default"})
    assert group["name"] == "default"


def test_a_repository_and_its_images_are_found(driver):
    made = driver.create("aws:ecr/repository:Repository", {"name": "shop", "forceDelete": True})
    found = driver.invoke("aws:ecr/getRepository:getRepository", {"name": "shop"})
    assert (found["arn"], found["repositoryUrl"]) == (made.outputs["arn"], made.outputs["repositoryUrl"])
    token, asked = "aws:ecr/getImage:getImage", {"repositoryName": "shop"}
    with pytest.raises(AbortedError, match="needs one of imageTag, imageDigest and mostRecent"):
        driver.invoke(token, asked)
    with pytest.raises(AbortedError, match="getImage found nothing"):
        driver.invoke(token, {**asked, "mostRecent": True})
    kind = "application/vnd.oci.image.manifest.v1+json"
    manifest = json.dumps(
        {"schemaVersion": 2, "mediaType": kind, "config": {"digest": "sha256:0", "size": 1}, "layers": []}
    )
    client = driver.provider._sessions.client("ecr", "eu-west-1")
    client.put_image(repositoryName="shop", imageManifest=manifest, imageTag="1.4.2")
    image = driver.invoke(token, {**asked, "imageTag": "1.4.2"})
    assert image["imageTags"] == ["1.4.2"]
    assert image["imageUri"] == f"{found['repositoryUrl']}@{image['imageDigest']}"
    assert driver.invoke(token, {**asked, "mostRecent": True})["imageDigest"] == image["imageDigest"]


def test_accounts_that_write_logs_are_known(driver):
    token = "aws:elb/getServiceAccount:getServiceAccount"
    assert driver.invoke(token, {})["arn"] == "arn:aws:iam::156460612806:root"
    assert driver.invoke(token, {"region": "eu-central-1"})["id"] == "054676820928"
    with pytest.raises(AbortedError, match="knows no account of load balancers in mx-central-1"):
        driver.invoke(token, {"region": "mx-central-1"})
    assert driver.invoke("aws:s3/getCanonicalUserId:getCanonicalUserId", {})["id"]


def test_a_policy_may_be_given_as_an_object(driver):
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    inputs, failures = driver.check("aws:iam/role:Role", {"assumeRolePolicy": document})
    assert (json.loads(inputs["assumeRolePolicy"]), failures) == (document, [])
    role = driver.create("aws:iam/role:Role", {"name": "object", "assumeRolePolicy": document})
    assert json.loads(role.outputs["assumeRolePolicy"]) == document
    half = {**document, "Statement": [{**statement, "Principal": UNKNOWN}]}
    schema = schema_of("aws:iam/role:Role")
    assert schema
    assert checked(schema, {"assumeRolePolicy": half}) == ({"assumeRolePolicy": UNKNOWN}, [])
    assert checked(schema, {"assumeRolePolicy": ["no"]})[1] == [("assumeRolePolicy", "expected a text, got a list")]


def test_a_password_has_the_length_and_the_kinds_that_are_asked_for(driver):
    token = "aws:secretsmanager/getRandomPassword:getRandomPassword"
    asked = {"passwordLength": 40, "excludePunctuation": True, "excludeUppercase": True}
    found = driver.invoke(token, asked)["randomPassword"]
    assert len(found) == 40
    assert re.fullmatch(r"[a-z0-9]+", found)
    assert driver.invoke(token, asked)["randomPassword"] != found
