"""The kill switch: an SSM parameter that every controller reads at every pass."""

from typing import Any, Final

PAUSED: Final = "paused"
"""The value that pauses the controllers: they go on measuring and log what they would do. Any other value runs them."""

RUNNING: Final = "running"


def read_paused(ssm: Any, parameter: str) -> bool:
    """Whether an operator paused the controllers.

    A missing parameter means running: whoever deletes it must not leave instances in their hooks. Any other failure
    is raised: better no pass than one that ignores the switch.
    """
    try:
        value = ssm.get_parameter(Name=parameter)["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound:  # the client's own: the program imports this module, and has no botocore
        return False
    return value.strip().lower() == PAUSED
