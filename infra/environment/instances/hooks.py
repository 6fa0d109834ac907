"""The two lifecycle hooks: no instance enters service before it can run tasks, none leaves with tasks on it.

A hook stands twice, under one name. Among the group's initial hooks, because the provider waits for the first instances
before anything else is made: they are ignored afterwards, since any change of them would replace the group. And as a
resource, which takes later settings: PutLifecycleHook is an upsert. It is retained when the stack is destroyed, so that
a destroy drains too; it goes with the group.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from lambdas.cluster import budgets
from lambdas.cluster.lifecycle_hooks import DRAINING_HOOK, LAUNCHING, READINESS_HOOK, TERMINATING

_LONGEST_HEARTBEAT_S = budgets.HEARTBEAT_RANGE_S[1]


def initial_hooks(
    *, ready_deadline_s: int, drain_deadline_s: int
) -> list[aws.autoscaling.GroupInitialLifecycleHookArgs]:
    """The hooks of a new group. Both continue by default: a dead controller must not stop a scale-out."""
    return [
        aws.autoscaling.GroupInitialLifecycleHookArgs(
            name=name,
            lifecycle_transition=transition,
            heartbeat_timeout=heartbeat_s(deadline_s),
            default_result="CONTINUE",
        )
        for name, transition, deadline_s in (
            (READINESS_HOOK, LAUNCHING, ready_deadline_s),
            (DRAINING_HOOK, TERMINATING, drain_deadline_s),
        )
    ]


def heartbeat_s(deadline_s: int) -> int:
    """The hook's own timeout for a deadline: just beyond it, so that heartbeats are needed only past two hours."""
    return min(max(deadline_s + budgets.LATENESS_S, budgets.HEARTBEAT_RANGE_S[0]), _LONGEST_HEARTBEAT_S)


@dataclass(frozen=True, kw_only=True)
class DrainingHookArgs:
    """The hook of one group; __post_init__ checks that it can wait for the deadline."""

    group: aws.autoscaling.Group
    deadline_s: int
    """Seconds that an instance has to empty, 60 to 172680."""
    retain_abandoned: bool = False
    """Whether an instance that did not empty is retained, where the group retains what was abandoned. By default it is
    terminated."""

    def __post_init__(self) -> None:
        problems = budgets.drain_problems(
            deadline_s=self.deadline_s,
            deregistration_delay_s=0,  # services check their own against the deadline
            stop_timeout_s=0,
            heartbeat_timeout_s=heartbeat_s(self.deadline_s),
        )
        if problems:
            raise ValueError("; ".join(problems))


class DrainingHook(pulumi.ComponentResource):
    """An instance waits here until the instance controller says that its tasks are gone."""

    def __init__(self, name: str, args: DrainingHookArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:DrainingHook", name, None, opts)
        aws.autoscaling.LifecycleHook(
            f"{name}-hook",
            name=DRAINING_HOOK,
            autoscaling_group_name=args.group.name,
            lifecycle_transition=TERMINATING,
            heartbeat_timeout=heartbeat_s(args.deadline_s),
            default_result="ABANDON" if args.retain_abandoned else "CONTINUE",
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        self.register_outputs({})


@dataclass(frozen=True, kw_only=True)
class ReadinessHookArgs:
    """The hook of one group; __post_init__ checks that the controller is earlier than the hook's own timeout."""

    group: aws.autoscaling.Group
    deadline_s: int
    """Seconds that an instance has to connect its agent, 60 to 7080."""

    def __post_init__(self) -> None:
        problems = budgets.ready_problems(deadline_s=self.deadline_s, heartbeat_timeout_s=heartbeat_s(self.deadline_s))
        if problems:
            raise ValueError("; ".join(problems))


class ReadinessHook(pulumi.ComponentResource):
    """An instance waits here until its ECS agent is connected; the controller abandons one that never is."""

    def __init__(self, name: str, args: ReadinessHookArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:ReadinessHook", name, None, opts)
        aws.autoscaling.LifecycleHook(
            f"{name}-hook",
            name=READINESS_HOOK,
            autoscaling_group_name=args.group.name,
            lifecycle_transition=LAUNCHING,
            heartbeat_timeout=heartbeat_s(args.deadline_s),
            default_result="CONTINUE",
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        self.register_outputs({})
