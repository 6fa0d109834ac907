"""What is wrong with instances is said when the settings are read."""

import json

import pulumi
import pytest

from infra.environment.settings import parse
from infra.environment.settings.instances import InstancesSettings

GOOD = {"aws:region": "eu-central-1", "ecs-platform:environment": "dev", "ecs-platform:owner": "platform-team"}
KEY = "ecs-platform:instances"
GRAVITON_RELEASE = "al2023-ami-ecs-hvm-2023.0.20241031-kernel-6.1-arm64"
SMALLER = "use a larger type or promise less"
X86_RELEASE = "al2023-ami-ecs-hvm-2023.0.20241031-kernel-6.1-x86_64"


def instances(**settings) -> InstancesSettings:
    return parse(GOOD | {KEY: json.dumps(settings)}).instances


def problems_of(**settings) -> list[str]:
    with pytest.raises(pulumi.RunError) as error:
        instances(**settings)
    return [line.removeprefix("  - ") for line in str(error.value).splitlines()[1:]]


def test_the_defaults_promise_ten_tasks_on_graviton():
    settings = instances()
    assert (settings.types, settings.architecture, settings.tasks_per_instance) == (("m7g.large",), "arm64", 10)
    assert (settings.ami_release, settings.trunking, settings.on_demand_percent) == ("latest", True, 100)
    assert (settings.min_size, settings.max_size) == (3, 30)


@pytest.mark.parametrize(
    "settings",
    [
        {"architecture": "x86_64", "types": ["m6i.large", "m5.large"]},
        {"amiRelease": GRAVITON_RELEASE},
        {"architecture": "x86_64", "types": ["m6i.large"], "amiRelease": X86_RELEASE},
        {"types": ["t4g.large"], "tasksPerInstance": 2},
        {"trunking": False, "tasksPerInstance": 2},
        {"minSize": 4, "maxSize": 4},
        {"onDemandBase": 2, "onDemandPercent": 0},
        {"largestTask": {"cpuUnits": 2048, "memoryMib": 7362}},
    ],
)
def test_what_fits_together_is_accepted(settings):
    assert isinstance(instances(**settings), InstancesSettings)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            {"minSize": 5, "maxSize": 4},
            ["minSize: 5 is more than maxSize, which is 4; lower the one or raise the other"],
        ),
        ({"types": ["m7g.larg"]}, ["types: m7g.larg: unknown instance type; did you mean m7g.large or m7g.xlarge?"]),
        ({"types": ["m6i.large"]}, ["architecture: arm64, but m6i.large of types is x86_64; make them agree"]),
        (
            {"trunking": False},
            ["tasksPerInstance: 10, but m7g.large has network interfaces for 2 tasks; set trunking: true (then 10)"],
        ),
        (
            {"largestTask": {"cpuUnits": 4096, "memoryMib": 8192}},
            [
                f"largestTask.cpuUnits: 4096, but m7g.large offers 2048 CPU units to tasks; {SMALLER}",
                f"largestTask.memoryMib: 8192, but m7g.large offers 7362 MiB to tasks; {SMALLER}",
            ],
        ),
        (
            {"amiRelease": X86_RELEASE},
            [f"amiRelease: {X86_RELEASE} is not of the architecture arm64; name an image that ends in it"],
        ),
        (
            {"architecture": "x86_64", "types": ["m6i.large"], "amiRelease": GRAVITON_RELEASE},
            [f"amiRelease: {GRAVITON_RELEASE} is not of the architecture x86_64; name an image that ends in it"],
        ),
    ],
)
def test_what_does_not_fit_together_is_named_by_its_setting(settings, says):
    assert problems_of(**settings) == [f"{KEY}.{one}" for one in says]


def test_every_contradiction_has_a_line_of_its_own():
    problems = problems_of(minSize=9, maxSize=4, types=["m7q.large", "m6i.large"], amiRelease=X86_RELEASE)
    assert [problem.split(": ")[0] for problem in problems] == [
        f"{KEY}.{name}" for name in ("minSize", "amiRelease", "types", "architecture")
    ]


def test_a_wrong_field_hides_no_contradiction_between_others():
    problems = problems_of(minSize=9, maxSize=4, volumeGib=1, largestTask={"memoryMib": 8192, "cpu": 1})
    assert [problem.split(": ")[0] for problem in problems] == [
        f"{KEY}.{name}" for name in ("volumeGib", "largestTask.cpu", "minSize", "largestTask.memoryMib")
    ]


def test_a_wrong_field_is_in_no_contradiction():
    (problem,) = problems_of(minSize=9, maxSize="4")
    assert problem.startswith(f"{KEY}.maxSize: must be a whole number")
    (problem,) = problems_of(types="m6i.large")
    assert problem.startswith(f'{KEY}.types: must be a list, like [a, b], got "m6i.large"; ')


@pytest.mark.parametrize(
    ("settings", "where", "says"),
    [
        ({"minSize": 0}, "minSize", "must be 1 or more, got 0; Least number of instances"),
        ({"maxSize": 1001}, "maxSize", "must be 1000 or less, got 1001; Largest number of instances"),
        ({"types": []}, "types", "must have 1 or more entries, got []"),
        ({"architecture": "arm"}, "architecture", 'must be one of arm64, x86_64, got "arm"; did you mean arm64?'),
        ({"volumeGib": 20}, "volumeGib", "30 at least, the size of the AMI"),
        ({"onDemandPercent": 101}, "onDemandPercent", "got 101"),
        ({"amiRelease": "ami-0123456789abcdef0"}, "amiRelease", "the name of an ECS-optimized AL2023 image"),
        ({"amiRelease": "newest"}, "amiRelease", 'got "newest"'),
        ({"largestTask": {"cpuUnits": 64}}, "largestTask.cpuUnits", "128 to 65536"),
        ({"largestTask": {"cpu": 512}}, "largestTask.cpu", "no such setting; known are cpuUnits, memoryMib"),
        ({"instanceTypes": ["m7g.large"]}, "instanceTypes", "no such setting"),
        ({"minSize": "3"}, "minSize", 'must be a whole number, without quotes, got "3"'),
    ],
)
def test_a_wrong_value_is_named_with_its_range(settings, where, says):
    (problem,) = problems_of(**settings)
    assert problem.startswith(f"{KEY}.{where}: ")
    assert says in problem
