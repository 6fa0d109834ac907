"""The kill switch: an SSM parameter that every controller reads at every pass."""

from dataclasses import dataclass
from typing import Any, Final

from . import metrics

PAUSED: Final = "paused"
"""The value that pauses the controllers: they go on measuring and log what they would do."""

RUNNING: Final = "running"
"""The value that lets them run."""

ALLOWED: Final = f"^({RUNNING}|{PAUSED})$"
"""Pattern of the parameter: SSM refuses every other word."""


@dataclass(frozen=True, kw_only=True)
class Switch:
    """What an operator wants."""

    paused: bool
    understood: bool = True
    """False for a word that means neither: it counts as paused, and raises an alarm."""


def switch_values(switch: Switch) -> dict[str, float]:
    """What every controller measures of it, by metric name."""
    return {metrics.PAUSED: float(switch.paused), metrics.SWITCH_UNKNOWN: float(not switch.understood)}


def read_switch(ssm: Any, parameter: str) -> Switch:
    """What the switch says; a word in other letters or with spaces around it is understood.

    A missing parameter means running: whoever deletes it must not leave instances in their hooks. Any other failure
    is raised: better no pass than one that ignores the switch.
    """
    try:
        value = ssm.get_parameter(Name=parameter)["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound:  # the client's own: the program imports this module, and has no botocore
        return Switch(paused=False)
    word = value.strip().lower()
    return Switch(paused=word != RUNNING, understood=word in (RUNNING, PAUSED))
