"""What an update drill changes in a stack file, and which image it takes."""

import json
from pathlib import Path

import pytest
import yaml

from tools.update_settings import IMAGES, other, releases, settings

ROOT = Path(__file__).parents[2]
SCHEMA = (ROOT / "settings.schema.json").read_text()
IMAGE = "al2023-ami-ecs-hvm-2023.0.20250101-kernel-6.1-arm64"


def parameter(name, image):
    return {"Name": f"{IMAGES}/{name}", "Value": json.dumps({"image_id": image})}


def changed(schema=SCHEMA):
    told = (ROOT / "Pulumi.dev.yaml").read_text()
    return yaml.safe_load(told)["config"], yaml.safe_load(settings(told, schema, IMAGE, 150))["config"]


def test_the_drills_settings_lie_over_those_of_the_stack():
    before, after = changed()
    assert after["ecs-platform:instances"] == {
        **before["ecs-platform:instances"], "amiRelease": IMAGE, "minSize": 4, "maxSize": 8,
    }  # fmt: skip
    assert after["ecs-platform:rollout"]["maxHealthyPercent"] == 150
    assert after["ecs-platform:network"] == before["ecs-platform:network"]


def test_every_setting_of_the_drill_is_one_that_the_program_knows():
    known = json.loads(SCHEMA)
    _, after = changed()
    for key in ("instances", "readiness", "rollout"):
        found = json.dumps(known)
        assert [name for name in after[f"ecs-platform:{key}"] if f'"{name}"' not in found] == []


@pytest.mark.parametrize(("schema", "there"), [('{"ecs-platform:rebalancing": {}}', True), ("{}", False)])
def test_rebalancing_is_set_where_the_program_has_it(schema, there):
    before, after = changed(schema)
    assert (after.get("ecs-platform:rebalancing") != before.get("ecs-platform:rebalancing")) is there


def test_releases_are_those_with_a_name_in_the_order_of_their_days():
    published = [parameter("al2023-b", "ami-2"), parameter("ami-2", "ami-2"), parameter("al2023-a", "ami-1")]
    published.append(parameter("recommended", "ami-2"))
    assert list(releases(published).items()) == [("al2023-a", "ami-1"), ("al2023-b", "ami-2")]


def test_the_newest_release_that_is_not_in_use_is_taken():
    found = {"a": "ami-1", "b": "ami-2", "c": "ami-3"}
    assert other(found, ["ami-3"]) == "b"
    assert other(found, ["ami-1", "ami-2"]) == "c"
