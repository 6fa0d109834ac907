"""The function: woken by the schedule, or by an event that is only a hint to look soon."""

import os
from functools import cache
from typing import Any, Final

from ..cluster import journal, wake
from ..cluster.clients import clients
from ..cluster.clock import Clock
from ..cluster.next_look import Look, NextLook
from .passes import run
from .settings import Settings

LOOKS: Final[dict[str, Look]] = {}
"""Promises that this process knows of."""


@cache
def settings() -> Settings:
    """The settings, read once; a contradiction ends the function before it does anything."""
    return Settings.from_environment(os.environ)


def handle(event: Any, context: Any) -> dict[str, int]:
    """Look after the cluster. What the event says is not trusted."""
    aws = clients()
    look = NextLook(
        ssm=aws.ssm,
        parameter=settings().target.next_look_parameter,
        run=context.aws_request_id,
        clock=Clock(),
        memory=LOOKS,
    )
    passes = run(
        aws,
        settings(),
        lambda: context.get_remaining_time_in_millis() / 1000,
        look,
        scheduled=wake.is_scheduled(event),
    )
    journal.write("finished", passes=passes, hint=wake.hint(event))
    return {"passes": passes}
