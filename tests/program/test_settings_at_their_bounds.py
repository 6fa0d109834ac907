"""Whatever the settings accept, the components and controllers accept as well: nobody meets a stack trace."""

import json

import pytest

from infra.environment.settings import Settings, section_of
from tests.support.program import graph_for

TOGETHER = {
    "ge": {"network": {"zones": 2}, "instances": {"types": ["m7g.medium"]}},
    "le": {
        "network": {"zones": 3},
        "capacity": {"zoneLoss": False, "headroomTasks": 1000},
        "instances": {
            "types": ["m7g.16xlarge"],
            "largestTask": {"cpuUnits": 65536, "memoryMib": 243000},
        },
    },
}
"""What the bounds need to be possible together: a Region has three zones, the largest type has 64 vCPU and takes one
task of the largest size, so that 1,000 instances have headroom for as many."""


def at(bound: str) -> dict[str, str]:
    """Every number of every section at its lower or upper bound."""

    def numbers(model):
        for name, field in model.model_fields.items():
            values = [getattr(limit, bound) for limit in field.metadata if hasattr(limit, bound)]
            if section := section_of(field):
                yield field.alias or name, dict(numbers(section))
            elif values and field.annotation is int:
                yield field.alias or name, values[0]

    sections = {key: value for key, value in numbers(Settings) if isinstance(value, dict)}
    return {
        f"ecs-platform:{key}": json.dumps(section | TOGETHER[bound].get(key, {})) for key, section in sections.items()
    }


@pytest.mark.parametrize("bound", ["ge", "le"])
def test_the_program_takes_every_number_at_its_bound(bound):
    settings = at(bound)
    assert len(settings) > 5
    graph = graph_for("prod", settings)
    assert len(graph.nodes) > 100
