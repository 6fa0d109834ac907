import json

from sandbox.tests.emulator.emulated_cluster import client

FAMILY = "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64"


def test_a_document_that_aws_publishes_is_json(land):
    def value(name):
        return client("ssm").get_parameter(Name=name)["Parameter"]["Value"]

    found = json.loads(value(f"{FAMILY}/recommended"))
    assert found["image_id"] == value(f"{FAMILY}/recommended/image_id")
    assert found["image_name"].startswith("al2023-ami-ecs-hvm-2023.0.")
    assert json.loads(value(f"{FAMILY}/{found['image_name']}")) == found
