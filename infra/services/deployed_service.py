"""What the stack's last successful deployment of a service left, and which changes of it would take it off the air.

It is read from the stack's own state. The service's component writes it there once ECS runs what was deployed, so after
a deployment that failed it still says what runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

from ..common import stack_state

OUTPUT: Final = "deployed"
"""The component's output that holds it."""

_SERVICE: Final = "ecs-platform:index:Service"
_RULE: Final = "aws:lb/listenerRule:ListenerRule"


@dataclass(frozen=True, kw_only=True)
class DeployedService:
    """What must not change all at once: tasks that run, how they are checked, and how callers find them."""

    image: str
    port: int | None
    discoverable: bool
    health_path: str | None
    """Path and codes of the load balancer's check of the service's port; None without a route to it."""
    health_codes: str | None
    more_checks: Mapping[str, str] = field(default_factory=dict[str, str])
    """The same of its other target groups, by what their names end with. By default it has no others."""

    rules: Mapping[str, str] = field(default_factory=dict[str, str])
    """Priority of a listener rule → what says which target group it leads to (rules_of). By default it has none."""
    ports: Mapping[str, str] = field(default_factory=dict[str, str])
    """Port of a Network Load Balancer → what that speaks with the tasks, each by a target group. By default none."""

    shifts: bool = False
    """Whether its rules have two target groups each, and requests may be at either. By default they have one."""

    @classmethod
    def read(cls, name: str) -> Self | None:
        """That of the service `name` in the stack that runs; None before its first successful deployment."""
        services = stack_state.outputs_of(stack_state.resources(), _SERVICE)
        return cls.of(services.get(name, {}).get(OUTPUT))

    @staticmethod
    def was_begun(name: str) -> bool:
        """Whether a rule stands that leads to one target group, although no deployment of the service succeeded."""
        rules = stack_state.outputs_of(stack_state.resources(), _RULE)
        actions = [one.get("actions") or [] for rule, one in rules.items() if rule.startswith(f"{name}-target-group-")]
        groups = [(one[0].get("forward") or {}).get("targetGroups") or [] for one in actions if one]
        return any(len(one) < len(("first", "second")) for one in groups)

    @classmethod
    def of(cls, output: Mapping[str, Any] | None) -> Self | None:
        """The same from the component's output. The engine keeps numbers as floating-point ones, and no None."""
        if not output:
            return None
        port = output.get("port")
        return cls(
            image=str(output.get("image")),
            port=None if port is None else int(port),
            discoverable=bool(output.get("discoverable")),
            health_path=output.get("health_path"),
            health_codes=output.get("health_codes"),
            more_checks=dict(output.get("more_checks") or {}),  # a release without routes to other ports wrote none
            rules=dict(output.get("rules") or {}),  # likewise
            shifts=bool(output.get("shifts")),  # likewise
            ports=dict(output.get("ports") or {}),  # likewise
        )

    @property
    def output(self) -> dict[str, Any]:
        """What the component writes."""
        return asdict(self)

    def change_problem(self, wanted: DeployedService) -> str | None:
        """Whether requests would fail between this and what is wanted, or after a rollback to this."""
        return (
            self._port_problem(wanted)
            or self._check_problem(wanted)
            or self._rule_problem(wanted)
            or self._shift_problem(wanted)
            or self._listener_problem(wanted)
        )

    def _shift_problem(self, wanted: DeployedService) -> str | None:
        if not self.shifts or not wanted.rules:
            return None
        if wanted.shifts:
            return self._side_problem(wanted)
        return (
            "deployment: shift: the requests may be at the second target group, which would go; keep a shift, of which "
            "BlueGreen(bake_minutes=5) is the shortest, or let a second service take the route over"
        )

    def _side_problem(self, wanted: DeployedService) -> str | None:
        """Whether a new rule would lead to the first target group, where ECS may have left no task."""
        new = [one for one in wanted.rules if one not in self.rules]
        if not new:
            return None
        gone = [one for one in self.rules if one not in wanted.rules]
        keep = f"give the route priority={gone[0]}, so that its rule changes in place, or " if gone else ""
        return (
            f"routes: a new rule (priority {new[0]}) would lead to the first target group, and the tasks may be at the "
            f"second one; {keep}let a second service have the route"
        )

    def _listener_problem(self, wanted: DeployedService) -> str | None:
        moved = [one for one, group in self.ports.items() if wanted.ports.get(one, group) != group]
        if not moved:
            return None
        return (
            f"ports: {moved[0]} would lead to a target group without tasks ({wanted.ports[moved[0]]}, before: "
            f"{self.ports[moved[0]]}) until the deployment has registered them; add a second port with another "
            "listens_on, let the clients use it, then remove this one"
        )

    def _rule_problem(self, wanted: DeployedService) -> str | None:
        moved = [one for one, group in self.rules.items() if wanted.rules.get(one, group) != group]
        if not moved:
            return None
        aside = f"give the route priority={int(moved[0]) + 1}: a second rule, which waits behind the old one"
        return (
            f"routes: the rule of priority {moved[0]} would lead to a target group without tasks ("
            f"{wanted.rules[moved[0]]}, before: {self.rules[moved[0]]}) until the deployment has registered them; "
            f"{'let a second service have the route' if self.shifts else aside}"
        )

    def _port_problem(self, wanted: DeployedService) -> str | None:
        stays_discoverable = self.discoverable and wanted.discoverable
        if not stays_discoverable or wanted.port == self.port:
            return None
        return (
            f"port: callers know the private name with port {self.port}, and would meet tasks that listen on "
            f"{wanted.port} before they are deployed themselves; make a second service of another name with the new "
            "port, let the callers use it, then remove this one"
        )

    @property
    def _checks(self) -> dict[str, str]:
        own = {} if self.health_path is None else {"": f"{self.health_path} ({self.health_codes})"}
        return {**own, **self.more_checks}

    def _check_problem(self, wanted: DeployedService) -> str | None:
        if (self.image, self.port) == (wanted.image, wanted.port):
            return None
        after = wanted._checks
        for group, check in self._checks.items():
            if after.get(group, check) != check:
                return (
                    f"health_check: {after[group]} would judge the tasks that still run, which were made for {check}; "
                    "deploy an image that answers both first, then change the check"
                )
        return None
