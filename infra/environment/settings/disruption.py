"""The key `disruption`: how much is moved at once for convenience, and when nothing is."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from lambdas.cluster.disruption import MOST_QUIET_TIMES, Disruption, window_problem

from .section import Section


def _window(text: str) -> str:
    if problem := window_problem(text):
        raise ValueError(problem.removeprefix("quiet time: "))  # the path says so already
    return text


class DisruptionSettings(Section):
    """What is moved for convenience: a surplus of instances, and tasks that stand unevenly. All share this budget."""

    percent: int = Field(
        default=Disruption.percent,
        ge=1,
        le=100,
        description="Percent of the instances that leave at once, and of the tasks that are moved at once, 1 to 100; "
        "at least one.",
    )
    quiet_times: tuple[Annotated[str, AfterValidator(_window)], ...] = Field(
        default=Disruption.quiet,
        max_length=MOST_QUIET_TIMES,
        description="Times in which nothing is moved that can wait, in UTC, up to "
        f"{MOST_QUIET_TIMES}: 'Mon-Fri 07:00-19:00', 'Sat 20:00-04:00', '22:00-06:00'. One that ends before it begins "
        "ends on the next day.",
    )

    def to_controller(self) -> Disruption:
        """The same as the controllers read it."""
        return Disruption(percent=self.percent, quiet=self.quiet_times)
