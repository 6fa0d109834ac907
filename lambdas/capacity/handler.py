"""The function: woken by the schedule, or by an event that is only a hint to look soon."""

import os
from functools import cache
from typing import Any, Final

from ..cluster import journal, wake
from ..cluster.clients import clients
from ..cluster.clock import Clock
from ..cluster.next_look import Look, NextLook
from ..cluster.services import TaskDefinition
from .run import run
from .settings import Settings

_KNOWN: Final[dict[str, TaskDefinition]] = {}
"""Task definitions that this process has read: they never change."""


LOOKS: Final[dict[str, Look]] = {}
"""Promises that this process knows of."""


@cache
def settings() -> Settings:
    """The settings, read once; a contradiction ends the function before it does anything."""
    return Settings.from_environment(os.environ)


def handle(event: Any, context: Any) -> dict[str, str]:
    """Make one run, unless one is promised that comes after this event. What the event says is not trusted."""
    aws, clock = clients(), Clock()
    look = NextLook(
        ssm=aws.ssm,
        parameter=settings().target.next_look_parameter,
        run=context.aws_request_id,
        clock=clock,
        memory=LOOKS,
    )
    if not wake.is_scheduled(event) and not look.mine():
        journal.write("finished", hint=wake.hint(event), reason="another run looks")
        return {"reason": "another run looks"}
    decision = run(aws, settings(), clock.now(), _KNOWN)
    return {"reason": decision.reason.value}
