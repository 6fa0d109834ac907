"""What is wrong with instances is said when the settings are read."""

import json

import pulumi
import pytest

from infra.settings import InstancesSettings, parse

GOOD = {"aws:region": "eu-central-1", "ecs-platform:environment": "dev", "ecs-platform:owner": "platform-team"}
KEY = "ecs-platform:instances"
GRAVITON_RELEASE = "al2023-ami-ecs-hvm-2023.0.20241031-kernel-6.1-arm64"
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
        {"largestTask": {"cpuUnits": 2048, "memoryMib": 7526}},
    ],
)
def test_what_fits_together_is_accepted(settings):
    assert isinstance(instances(**settings), InstancesSettings)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"minSize": 5, "maxSize": 4}, ["minSize is 5, maxSize is 4; minSize has to be the lower one"]),
        ({"types": ["m7g.larg"]}, ["m7g.larg: unknown instance type; did you mean m7g.large"]),
        ({"types": ["m6i.large"]}, ["m6i.large is x86_64, architecture is arm64; make them agree"]),
        ({"types": ["t4g.large"]}, ["t4g.large has network interfaces for 2 tasks, tasksPerInstance is 10"]),
        ({"trunking": False}, ["set trunking: true (then 10)"]),
        (
            {"largestTask": {"cpuUnits": 4096}},
            ["m7g.large offers 2048 CPU units to tasks, largestTask.cpuUnits is 4096"],
        ),
        ({"largestTask": {"memoryMib": 8192}}, ["m7g.large offers 7526 MiB to tasks, largestTask.memoryMib is 8192"]),
        ({"amiRelease": X86_RELEASE}, [f"amiRelease {X86_RELEASE} is not of the architecture arm64"]),
        (
            {"architecture": "x86_64", "types": ["m6i.large"], "amiRelease": GRAVITON_RELEASE},
            [f"amiRelease {GRAVITON_RELEASE} is not of the architecture x86_64"],
        ),
        (
            {"minSize": 9, "maxSize": 4, "types": ["m7q.large", "m6i.large"], "amiRelease": X86_RELEASE},
            ["minSize is 9", "m7q.large: unknown", "m6i.large is x86_64", "is not of the architecture arm64"],
        ),
    ],
)
def test_what_does_not_fit_together_is_one_line_that_names_everything(settings, says):
    (problem,) = problems_of(**settings)
    assert problem.startswith(f"{KEY}: ")
    positions = [problem.index(sentence) for sentence in says]
    assert positions == sorted(positions)


@pytest.mark.parametrize(
    ("settings", "where", "says"),
    [
        ({"minSize": 0}, "minSize", "greater than or equal to 1, got 0"),
        ({"maxSize": 1001}, "maxSize", "less than or equal to 1000, got 1001"),
        ({"types": []}, "types", "got []"),
        ({"architecture": "arm"}, "architecture", "'arm64' or 'x86_64'"),
        ({"volumeGib": 20}, "volumeGib", "30 at least, the size of the AMI"),
        ({"onDemandPercent": 101}, "onDemandPercent", "got 101"),
        ({"amiRelease": "ami-0123456789abcdef0"}, "amiRelease", "the name of an ECS-optimized AL2023 image"),
        ({"amiRelease": "newest"}, "amiRelease", 'got "newest"'),
        ({"largestTask": {"cpuUnits": 64}}, "largestTask.cpuUnits", "128 to 65536"),
        ({"largestTask": {"cpu": 512}}, "largestTask.cpu", "no such setting; known are cpuUnits, memoryMib"),
        ({"instanceTypes": ["m7g.large"]}, "instanceTypes", "no such setting"),
        ({"minSize": "3"}, "minSize", 'got "3"'),
    ],
)
def test_a_wrong_value_is_named_with_its_range(settings, where, says):
    (problem,) = problems_of(**settings)
    assert problem.startswith(f"{KEY}.{where}: ")
    assert says in problem
