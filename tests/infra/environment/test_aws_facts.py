import json
from datetime import date

import pulumi
import pytest

from infra.environment import aws_facts as lookups
from infra.environment.network.addressing import Zone
from tests.support.graph import graph_of, offered

PARAMETER = "aws:ssm/getParameter:getParameter"
FAMILY = "/aws/service/ecs/optimized-ami/amazon-linux-2023"
RELEASE = "al2023-ami-ecs-hvm-2023.0.20241031-kernel-6.1"


def document(name: str) -> str:
    return json.dumps({"image_id": "ami-1", "image_name": name, "schema_version": 1})


def ami(release: str, architecture: str, answer=None, text=None) -> tuple[lookups.Image, list[str]]:
    """The image, and the parameters that were asked for."""
    asked, found = [], []

    def parameter(args):
        asked.append(args["name"])
        value = document(f"{RELEASE}-arm64") if text is None else text
        return answer or {"insecureValue": value, "value": "secret", "name": args["name"], "type": "String"}

    graph_of(
        lambda: found.append(lookups.ami(release, architecture, pulumi.InvokeOptions())), lookups={PARAMETER: parameter}
    )
    return found[0], asked


@pytest.mark.parametrize(
    ("release", "architecture", "parameter"),
    [
        ("latest", "arm64", f"{FAMILY}/arm64/recommended"),
        ("latest", "x86_64", f"{FAMILY}/recommended"),
        (f"{RELEASE}-arm64", "arm64", f"{FAMILY}/arm64/{RELEASE}-arm64"),
        (f"{RELEASE}-x86_64", "x86_64", f"{FAMILY}/{RELEASE}-x86_64"),
    ],
)
def test_an_image_is_read_where_aws_publishes_it(release, architecture, parameter):
    assert ami(release, architecture) == (lookups.Image(id="ami-1", released=date(2024, 10, 31)), [parameter])


def test_the_images_id_is_no_secret_so_that_a_preview_shows_its_change():
    image, _ = ami("latest", "arm64")
    assert image.id == "ami-1"


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("al2023-ami-ecs-hvm-2023.0.20260922-kernel-6.1-arm64", date(2026, 9, 22)),
        ("al2023-ami-ecs-gpu-hvm-2023.0.20260922", date(2026, 9, 22)),
        ("al2023-ami-ecs-hvm-2027-kernel-6.1-arm64", None),
        ("al2023-2023.0.20269922-kernel", None),
        ("", None),
    ],
)
def test_the_day_of_a_release_is_in_its_name(name, day):
    image, _ = ami("latest", "arm64", text=document(name))
    assert image == lookups.Image(id="ami-1", released=day)


@pytest.mark.parametrize("text", ["ami-1", "[]", "null", "{}", '{"image_name": "al2023"}'])
def test_a_document_without_an_image_is_one_sentence(text):
    with pytest.raises(pulumi.RunError, match="holds no image_id but"):
        ami("latest", "arm64", text=text)


BRIDGED = (
    "invocation of aws:ssm/getParameter:getParameter returned an error: "
    "invoking aws:ssm/getParameter:getParameter: 1 error occurred:\n\t* reading SSM Parameter (/x): {}\n\n"
)
"""How the engine and the provider of AWS wrap a cause (pulumi-terraform-bridge, multierror)."""


def failure(said: str):
    return ({}, [("", said)])


@pytest.mark.parametrize(
    "said", ["reading SSM Parameter: couldn't find resource", "ParameterNotFound: ", "found nothing"]
)
def test_a_release_that_does_not_exist_is_one_sentence_with_a_way_to_find_another(said):
    with pytest.raises(pulumi.RunError) as error:
        ami(f"{RELEASE}-arm64", "arm64", failure(said))
    assert str(error.value) == (
        f"ecs-platform:instances.amiRelease: this Region has no image {RELEASE}-arm64; name a release that this Region "
        f"has, or another Region: aws ssm get-parameters-by-path --path {FAMILY}/arm64 --query 'Parameters[].Name'"
    )


def test_a_refused_look_up_of_the_image_is_one_sentence_with_its_innermost_cause():
    with pytest.raises(pulumi.RunError) as error:
        ami("latest", "x86_64", failure(BRIDGED.format("AccessDeniedException: not authorized.")))
    said = str(error.value)
    assert said.startswith(
        f"ecs-platform:instances.amiRelease: cannot read {FAMILY}/recommended, "
        "reading SSM Parameter (/x): AccessDeniedException: not authorized; name a release"
    )
    assert "\n" not in said
    assert "invo" not in said


ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones"
OFFERINGS = "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings"


def chosen_zones(count: int, ids, types, offering=("a-az1", "a-az2")) -> tuple[list[Zone], list]:
    """The zones of a Region with two, and what was asked for."""
    asked, chosen = [], []

    def zones(args):
        asked.append(args)
        return {"zoneIds": ["a-az2", "a-az1"], "names": ["x-1b", "x-1a"], "groupNames": [], "id": "x"}

    def offerings(args):
        asked.append(args)
        return offered(offering, args)

    graph_of(
        lambda: chosen.extend(lookups.zones(count, ids, types, pulumi.InvokeOptions())),
        lookups={ZONES: zones, OFFERINGS: offerings},
    )
    return chosen, asked


def test_the_zones_of_the_program_need_no_opt_in_and_offer_the_instance_types():
    chosen, (zones, offerings) = chosen_zones(2, (), ("m7g.large", "c7g.large"))
    assert [(zone.id, zone.name) for zone in chosen] == [("a-az1", "x-1a"), ("a-az2", "x-1b")]
    assert zones["state"] == "available"
    assert zones["filters"] == [{"name": "opt-in-status", "values": ["opt-in-not-required"]}]
    assert offerings["locationType"] == "availability-zone-id"
    assert offerings["filters"] == [{"name": "instance-type", "values": ["c7g.large", "m7g.large"]}]


def test_a_zone_without_the_instance_type_is_not_used():
    assert [zone.id for zone in chosen_zones(1, (), ("m7g.large",), offering=("a-az2",))[0]] == ["a-az2"]


@pytest.mark.parametrize(
    ("count", "ids", "says"),
    [
        (2, (), r"^ecs-platform:network\.zones: 2 zones asked for, .*, a-az1 offers no m7g\.large; ask for fewer"),
        (2, ("a-az1", "a-az2"), r"^ecs-platform:network\.zoneIds: a-az1 offers no m7g\.large; zones with all"),
    ],
)
def test_zones_that_lack_the_instance_type_are_named_with_the_setting(count, ids, says):
    with pytest.raises(pulumi.RunError, match=says):
        chosen_zones(count, ids, ("m7g.large",), offering=("a-az2",))


def of_two_types(count: int, ids, lacks: str) -> list[str]:
    """The zones chosen where the second of two zones lacks one of two types."""
    pairs = [("a-az1", "m7g.large"), ("a-az1", "c7g.large"), ("a-az2", "m7g.large"), ("a-az2", "c7g.large")]
    offers = [pair for pair in pairs if pair != ("a-az2", lacks)]
    answer = {
        "instanceTypes": [kind for _, kind in offers],
        "locations": [zone for zone, _ in offers],
        "locationTypes": ["availability-zone-id"] * len(offers),
        "id": "x",
    }
    zones = {"zoneIds": ["a-az2", "a-az1"], "names": ["x-1b", "x-1a"], "groupNames": [], "id": "x"}
    chosen = []
    graph_of(
        lambda: chosen.extend(lookups.zones(count, ids, ("m7g.large", "c7g.large"), pulumi.InvokeOptions())),
        lookups={ZONES: zones, OFFERINGS: answer},
    )
    return [zone.id for zone in chosen]


@pytest.mark.parametrize("lacks", ["m7g.large", "c7g.large"])
def test_a_zone_that_lacks_one_of_several_types_is_not_used_and_says_which(lacks):
    assert of_two_types(1, (), lacks) == ["a-az1"]
    with pytest.raises(pulumi.RunError, match=rf"a-az2 offers no {lacks};"):
        of_two_types(2, (), lacks)
    with pytest.raises(pulumi.RunError, match=rf"a-az2 offers no {lacks};"):
        of_two_types(1, ("a-az2",), lacks)


def test_another_partition_is_refused_whatever_the_region_is_called():
    partition = {"aws:index/getPartition:getPartition": {"partition": "aws-cn", "dnsSuffix": "x", "id": "aws-cn"}}
    with pytest.raises(pulumi.RunError, match="eu-new-1 is in the partition aws-cn"):
        graph_of(lambda: lookups.location("eu-new-1", pulumi.InvokeOptions()) and None, lookups=partition)
