"""Names of services that another stack of the environment has: the log groups, which are named after them, tell."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, Final

import pulumi

from ..common import stack_state
from ..common.args import refused
from ..common.program import PerProgram

LOOK_UP: Final = "aws:cloudwatch/getLogGroups:getLogGroups"
_LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup::"


def free_log_group(prefix: pulumi.Input[str], service: str) -> pulumi.Output[str]:
    """The name of a service's log group. Raises pulumi.RunError where another service or job of the program has it.

    The same where AWS has it and this stack has not.
    """
    taken = _TAKEN.get()
    if (prefix, service) in taken:
        raise refused(f"name: two services, jobs or daemons of the program are called {service}; rename one")
    taken.add((prefix, service))
    held = _held(stack_state.resources())
    existing = _existing(prefix)

    def checked(known: dict[str, Any]) -> str:
        name = f"{known['prefix']}services/{service}"
        if problem := name_problem(service, name, known["existing"], held):
            raise pulumi.RunError(problem)
        return name

    return pulumi.Output.all(prefix=prefix, existing=existing).apply(checked)


def name_problem(service: str, log_group: str, existing: list[str], held: set[str]) -> str | None:
    """Whether a log group stands that this stack does not hold."""
    if log_group not in existing or log_group in held:
        return None
    return (
        f"name: {service} is taken, the log group {log_group} stands and is not of this stack; take another name, or "
        "delete the log group where no service writes to it any more"
    )


def _held(resources: Mapping[str, Mapping[str, Any]]) -> set[str]:
    groups = (resource.get("outputs") or {} for urn, resource in resources.items() if _LOG_GROUP in urn)
    return {str(group.get("name")) for group in groups}


def _existing(prefix: pulumi.Input[str]) -> pulumi.Output[list[str]]:
    """All log groups of services below a prefix. All that read one platform have the same Output."""
    known = _EXISTING.get()
    if prefix not in known:
        known[prefix] = pulumi.Output.from_input(prefix).apply(_look_up)
    return known[prefix]


_EXISTING: PerProgram[dict[pulumi.Input[str], pulumi.Output[list[str]]]] = PerProgram(
    dict[pulumi.Input[str], pulumi.Output[list[str]]]
)


_TAKEN: PerProgram[set[tuple[pulumi.Input[str], str]]] = PerProgram(set[tuple[pulumi.Input[str], str]])
"""The environment's prefix of log groups, and a name below it that something of the program has."""


def _look_up(prefix: str) -> Awaitable[list[str]]:
    async def names() -> list[str]:
        try:
            found = await pulumi.runtime.invoke_async(LOOK_UP, {"logGroupNamePrefix": f"{prefix}services/"})
        except Exception as error:  # noqa: BLE001  whatever it is, it must not stop a deployment that it only helps
            pulumi.log.debug(f"names of services are not checked: {error}")
            return []
        return list((found or {}).get("logGroupNames") or [])

    return names()
