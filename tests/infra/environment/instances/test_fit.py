from typing import Any

import pytest

from infra.environment.instances.fit import Promise, problems, smallest, task_memory_mib
from lambdas.cluster.instance_types import Architecture, instance_type


def a_promise(**changes) -> Promise:
    inputs: dict[str, Any] = {"largest_task_cpu_units": 1024, "largest_task_memory_mib": 2048, "tasks_per_instance": 10}
    return Promise(**(inputs | changes))


def problems_of(*names: str, architecture: Architecture = "arm64", trunking=True, **promise) -> list[str]:
    found = problems(names, architecture, a_promise(**promise), trunking=trunking)
    return [f"{one.path}: {one.text}" for one in found]


@pytest.mark.parametrize("name", ["m7g.large", "m7g.xlarge", "c7g.16xlarge", "r6g.2xlarge"])
def test_a_type_that_keeps_the_promise_has_no_problem(name):
    assert problems_of(name) == []


def test_a_promise_holds_exactly_at_its_limits():
    at_limit: dict[str, Any] = {
        "largest_task_cpu_units": 2048,
        "largest_task_memory_mib": 7362,  # 93 % of 8192, less 256 for the agents
        "tasks_per_instance": 10,
    }
    assert problems_of("m7g.large", **at_limit) == []
    for field, limit in at_limit.items():
        assert len(problems_of("m7g.large", **(at_limit | {field: limit + 1}))) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            {"names": ["c6i.large"]},
            "architecture: arm64, but c6i.large of types is x86_64; make them agree",
        ),
        (
            {"names": ["m7g.large"], "trunking": False},
            "tasksPerInstance: 10, but m7g.large has network interfaces for 2 tasks; set trunking: true (then 10)",
        ),
        (
            {"names": ["t4g.large"]},
            (
                "tasksPerInstance: 10, but t4g.large has network interfaces for 2 tasks; it cannot trunk interfaces; "
                "use a larger type or lower tasksPerInstance"
            ),
        ),
        (
            {"names": ["t4g.large"], "trunking": False},
            (
                "tasksPerInstance: 10, but t4g.large has network interfaces for 2 tasks; "
                "use a larger type or lower tasksPerInstance"
            ),
        ),
        (
            {"names": ["m7g.large"], "tasks_per_instance": 11},
            (
                "tasksPerInstance: 11, but m7g.large has network interfaces for 10 tasks; "
                "use a larger type or lower tasksPerInstance"
            ),
        ),
        (
            {"names": ["m7g.large"], "largest_task_cpu_units": 4096},
            (
                "largestTask.cpuUnits: 4096, but m7g.large offers 2048 CPU units to tasks; "
                "use a larger type or promise less"
            ),
        ),
        (
            {"names": ["m7g.large"], "largest_task_memory_mib": 8192},
            ("largestTask.memoryMib: 8192, but m7g.large offers 7362 MiB to tasks; use a larger type or promise less"),
        ),
    ],
)
def test_a_problem_is_a_sentence_with_a_way_out(arguments, says):
    names = arguments.pop("names")
    assert problems_of(*names, **arguments) == [says]


def test_every_type_is_judged_and_every_problem_named():
    found = problems_of("m7g.large", "m7g.medium", "m7q.large", "c6i.large")
    assert [next(word for word in problem.replace(":", "").split() if "." in word) for problem in found] == [
        "m7g.medium",
        "m7q.large",
        "c6i.large",
    ]
    (crowded,) = problems_of("m7g.medium")
    assert "for 4 tasks" in crowded


def test_trunking_is_proposed_only_where_it_suffices():
    (problem,) = problems_of("m7g.medium", trunking=False)
    assert "trunking" not in problem


def test_the_smallest_type_decides_what_can_be_promised():
    assert smallest(["m7g.2xlarge", "m7g.large", "r7g.large"]).name == "m7g.large"
    assert smallest(["c7g.xlarge", "m7g.large"]).name == "m7g.large"  # equal memory: fewer CPUs
    with pytest.raises(ValueError, match="unknown instance type"):
        smallest(["m7g.large", "m7q.large"])


def test_the_agents_keep_some_memory_from_tasks():
    assert task_memory_mib(instance_type("m7g.medium")) == 3809 - 256
