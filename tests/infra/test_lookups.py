import pulumi
import pytest

from infra import lookups
from tests.graph import graph_of

PARAMETER = "aws:ssm/getParameter:getParameter"
FAMILY = "/aws/service/ecs/optimized-ami/amazon-linux-2023"
RELEASE = "al2023-ami-ecs-hvm-2023.0.20241031-kernel-6.1"
MISSING = ({}, [("", "reading SSM Parameter: couldn't find resource\nand a stack trace")])


def ami(release: str, architecture: str, answer=None) -> tuple[str, list[str]]:
    """The image, and the parameters that were asked for."""
    asked, found = [], []

    def parameter(args):
        asked.append(args["name"])
        return answer or {"insecureValue": "ami-1", "value": "secret", "name": args["name"], "type": "String"}

    graph_of(
        lambda: found.append(lookups.ami(release, architecture, pulumi.InvokeOptions())), lookups={PARAMETER: parameter}
    )
    return found[0], asked


@pytest.mark.parametrize(
    ("release", "architecture", "parameter"),
    [
        ("latest", "arm64", f"{FAMILY}/arm64/recommended/image_id"),
        ("latest", "x86_64", f"{FAMILY}/recommended/image_id"),
        (f"{RELEASE}-arm64", "arm64", f"{FAMILY}/arm64/{RELEASE}-arm64/image_id"),
        (f"{RELEASE}-x86_64", "x86_64", f"{FAMILY}/{RELEASE}-x86_64/image_id"),
    ],
)
def test_an_image_is_read_where_aws_publishes_it(release, architecture, parameter):
    assert ami(release, architecture) == ("ami-1", [parameter])


def test_the_images_id_is_no_secret_so_that_a_preview_shows_its_change():
    image, _ = ami("latest", "arm64")
    assert image == "ami-1"


def test_a_release_that_does_not_exist_is_one_sentence_with_a_way_to_find_another():
    with pytest.raises(pulumi.RunError) as error:
        ami(f"{RELEASE}-arm64", "arm64", MISSING)
    said = str(error.value)
    assert said.startswith(
        f"ecs-platform:instances.amiRelease: cannot read the parameter {FAMILY}/arm64/{RELEASE}-arm64/image_id ("
    )
    assert "couldn't find resource" in said
    assert said.endswith(f"aws ssm get-parameters-by-path --path {FAMILY}/arm64 --query 'Parameters[].Name'")
    assert "\n" not in said


def test_a_region_without_ecs_images_is_one_sentence_that_names_another_way():
    with pytest.raises(pulumi.RunError, match="name a release that this Region has, or another Region") as error:
        ami("latest", "x86_64", MISSING)
    assert f"{FAMILY}/recommended/image_id" in str(error.value)
    assert "\n" not in str(error.value)


def test_the_zones_of_the_program_are_those_that_need_no_opt_in():
    asked = []

    def zones(args):
        asked.append(args)
        return {"zoneIds": ["a-az2", "a-az1"], "names": ["x-1b", "x-1a"], "groupNames": [], "id": "x"}

    chosen = []
    graph_of(
        lambda: chosen.extend(lookups.zones(2, (), pulumi.InvokeOptions())),
        lookups={"aws:index/getAvailabilityZones:getAvailabilityZones": zones},
    )
    assert [(zone.id, zone.name) for zone in chosen] == [("a-az1", "x-1a"), ("a-az2", "x-1b")]
    (question,) = asked
    assert question["state"] == "available"
    assert question["filters"] == [{"name": "opt-in-status", "values": ["opt-in-not-required"]}]
