"""The emulator answers nobody but those who were given its key."""

import urllib.error
import urllib.request

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.emulator import Server
from sandbox.tests.emulator.emulated_cluster import REGION, client

SIGNED = "AWS4-HMAC-SHA256 Credential={}/20260101/eu-west-1/sts/aws4_request, SignedHeaders=host, Signature=0"


@pytest.fixture(scope="module")
def served():
    with Server(ticking=False) as server:
        yield server


def status(served, path="/", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"{served.endpoint}{path}", headers=named)
    try:
        return urllib.request.urlopen(request).status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("path", ["/", "/_emulator/health", "/moto-api/data.json", "/2015-03-31/functions/"])
def test_a_request_without_the_key_is_refused_at_every_path(served, path):
    assert status(served, path) == 403
    assert status(served, path, Authorization=SIGNED.format("AKIAIOSFODNN7EXAMPLE")) == 403


@pytest.mark.parametrize("service", ["sts", "ecs", "ec2", "lambda", "s3"])
def test_an_aws_client_with_another_key_is_refused_in_the_words_of_its_service(served, service):
    call = {"sts": "get_caller_identity", "ecs": "list_clusters", "ec2": "describe_vpcs", "lambda": "list_functions"}
    other = boto3.client(
        service, region_name=REGION, endpoint_url=served.endpoint, aws_access_key_id="other", aws_secret_access_key="x"
    )
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        getattr(other, call.get(service, "list_buckets"))()


def test_a_forged_host_and_a_web_page_are_refused_even_with_the_key(served):
    key = {"X_Emulator_Key": served.key}
    assert status(served, "/_emulator/health", **key) == 200
    assert status(served, "/_emulator/health", **key, Host="attacker.example") == 403
    assert status(served, "/_emulator/health", **key, Host="127.0.0.1.attacker.example") == 403
    assert status(served, "/_emulator/health", **key, Origin="http://attacker.example") == 403
    assert status(served, "/_emulator/health", **key, Origin="null") == 403
    assert status(served, "/_emulator/health", **key, Host="bucket.localhost:1234") == 200


def test_an_address_that_was_signed_with_the_key_needs_no_header(served):
    s3 = client("s3", served)
    s3.create_bucket(Bucket="shelf", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="shelf", Key="book", Body=b"text")
    address = s3.generate_presigned_url("get_object", Params={"Bucket": "shelf", "Key": "book"})
    with urllib.request.urlopen(address) as answer:
        assert answer.read() == b"text"


def test_credentials_that_the_emulator_issued_are_let_in(served):
    client("iam", served).create_user(UserName="ann")
    key = client("iam", served).create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"]
    role = client("sts", served).assume_role(RoleArn="arn:aws:iam::123456789012:role/it", RoleSessionName="it")
    for issued in (key, role["Credentials"]["AccessKeyId"]):
        assert status(served, "/_emulator/health", Authorization=SIGNED.format(issued)) == 200


def test_every_server_has_a_key_of_its_own(served):
    with Server(ticking=False) as other:
        assert other.key != served.key
