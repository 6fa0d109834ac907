"""The contract: what is exported, how it is read back, and what is said when the two ends do not agree."""

import json
import runpy
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pulumi
import pytest

from infra.common.stack_state import MARK
from infra.contract import CONTRACT_VERSION, Platform, output_name, value_of
from tests.support.graph import Graph, graph_of
from tests.support.stack_files import ROOT, config_of, stacks

STACK = "acme/ecs-platform/prod"
RECORDED = Path(__file__).parent / "contract.txt"


def exported(stack: str = "prod") -> dict[str, Any]:
    graph = graph_of(lambda: runpy.run_path(str(ROOT / "__main__.py")), config=config_of(stack))
    outputs = dict(graph.outputs)
    assert outputs.pop(MARK) == 1  # for the stack itself
    assert outputs.pop("readme").startswith(f"# ecs-{stack}\n")  # for people
    return outputs


def stored(outputs: dict[str, Any]) -> dict[str, Any]:
    """Outputs as a state file keeps them: none that is None, and every number a floating-point one."""
    kept = {name: value for name, value in outputs.items() if value is not None}
    return json.loads(json.dumps(kept), parse_int=float)


@pytest.fixture(scope="module")
def outputs() -> dict[str, Any]:
    return exported()


def read(outputs: dict[str, Any]) -> Graph:
    """An application that exports again whatever it reads of its platform."""

    def application() -> None:
        platform = Platform.of(STACK)
        for field in fields(platform):
            pulumi.export(field.name, getattr(platform, field.name))

    return graph_of(application, stacks={STACK: outputs})


def test_what_other_stacks_read_is_recorded(outputs):
    """A name that goes, or changes its meaning, raises CONTRACT_VERSION; a new one is only added here."""
    version, *names = RECORDED.read_text().split()
    assert version == f"contractVersion={CONTRACT_VERSION}"
    assert sorted(outputs.keys() - {"contractVersion"}) == names


@pytest.mark.parametrize("stack", stacks())
def test_the_program_exports_every_field_and_the_version(stack):
    outputs = exported(stack)
    assert outputs.keys() == {"contractVersion"} | {output_name(field.name) for field in fields(Platform)}
    assert outputs["contractVersion"] == CONTRACT_VERSION == 1


@pytest.mark.parametrize("stack", stacks())
def test_an_application_reads_what_the_platform_exported(stack):
    outputs = exported(stack)
    graph = read(stored(outputs))
    assert {output_name(name): value for name, value in graph.outputs.items()} == {
        name: value for name, value in outputs.items() if name != "contractVersion"
    }


def test_numbers_stay_whole(outputs):
    read_back = read(stored(outputs)).outputs
    assert isinstance(read_back["tasks_per_instance"], int)
    assert f"{read_back['instance_memory_mib']}" == "7362"


def test_an_output_that_the_library_does_not_know_yet_does_no_harm(outputs):
    assert read(stored(outputs | {"somethingNew": 1})).outputs["cluster_name"] == "ecs-prod"


def test_an_environment_without_key_and_boundary_says_none():
    outputs = read(stored(exported("dev") | {"keyArn": None})).outputs
    assert (outputs["key_arn"], outputs["permissions_boundary_arn"]) == (None, None)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"contractVersion": None},
            (
                f"the stack {STACK} exports no platform (no contractVersion among its 3 outputs); "
                "name the platform's stack as organization/project/stack, and deploy it first"
            ),
        ),
        (
            {"contractVersion": 2},
            (
                f"the platform {STACK} has contract version 2, this project reads 1; "
                "upgrade the ecs-platform package of this project (docs/upgrading.md)"
            ),
        ),
        (
            {"contractVersion": "next"},
            (
                f"the platform {STACK} has contract version next, this project reads 1; "
                "upgrade the ecs-platform package of this project (docs/upgrading.md)"
            ),
        ),
        (
            {"contractVersion": 0},
            (
                f"the platform {STACK} has contract version 0, this project reads 1; "
                "upgrade the platform stack (docs/upgrading.md)"
            ),
        ),
        (
            {"drainTimeS": None},
            (
                f"the platform {STACK} exports no drainTimeS, which this release of ecs-platform reads; "
                "upgrade and deploy the platform stack first"
            ),
        ),
    ],
    ids=["no contract", "newer", "unknown", "older", "an output is missing"],
)
def test_ends_that_do_not_agree_are_one_sentence_on_what_to_upgrade(changes, says):
    exports = stored(
        {"contractVersion": CONTRACT_VERSION, "vpcId": "vpc-1", "drainTimeS": 900, "region": "x"} | changes
    )
    with pytest.raises(pulumi.RunError) as error:
        value_of(exports, STACK, "drainTimeS")
    assert str(error.value) == says


def test_an_application_stops_with_that_sentence(outputs):
    with pytest.raises(pulumi.RunError, match="has contract version 2, this project reads 1; upgrade the ecs-platform"):
        read(stored(outputs | {"contractVersion": 2}))
    with pytest.raises(pulumi.RunError, match="exports no drainTimeS"):
        read(stored(outputs | {"drainTimeS": None}))


def test_a_platform_may_be_read_twice_and_beside_a_reference_of_the_authors(outputs, monkeypatch):
    """The engine refuses two of one name; the recorded graph does not hold what is only read."""
    names, reference = [], pulumi.StackReference

    def named(name, **more):
        names.append(name)
        return reference(name, **more)

    monkeypatch.setattr(pulumi, "StackReference", named)

    def application() -> None:
        own = pulumi.StackReference(STACK)
        assert Platform.of(STACK) is Platform.of(STACK)
        pulumi.export("read", [own.require_output("vpcId"), Platform.of(STACK).vpc_id])

    graph = graph_of(application, stacks={STACK: outputs})
    assert names == [STACK, f"platform/{STACK}"]
    first, second = graph.outputs["read"]
    assert first == second


def test_a_program_knows_nothing_of_the_platforms_of_the_one_before_it(outputs):
    read_before = read(stored(outputs))
    assert read_before.outputs["cluster_name"] == "ecs-prod"
    assert read(stored(outputs | {"clusterName": "other"})).outputs["cluster_name"] == "other"


def test_an_output_that_is_missing_stops_the_program_although_nothing_uses_it(outputs):
    with pytest.raises(pulumi.RunError, match="exports no zoneIds"):
        graph_of(lambda: Platform.of(STACK), stacks={STACK: stored(outputs | {"zoneIds": None})})


def test_limits_are_the_values_of_the_outputs(outputs):
    graph = graph_of(
        lambda: pulumi.export("limits", Platform.of(STACK).limits.apply(asdict)), stacks={STACK: stored(outputs)}
    )
    assert graph.outputs["limits"] == {
        "instance_cpu_units": outputs["instanceCpuUnits"],
        "instance_memory_mib": outputs["instanceMemoryMib"],
        "tasks_per_instance": outputs["tasksPerInstance"],
        "task_exit_time_s": outputs["taskExitTimeS"],
        "domain": outputs["domain"],
    }
