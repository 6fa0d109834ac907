"""The view of `doctor`: what is orphaned, or was changed by another hand, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rich.table import Table

from lambdas.cluster.snapshot import RETAINED, Group
from lambdas.cluster.wanted_version import blocked
from lambdas.instances.ghosts import suspects

from ..reading.health import Health
from .tables import GOOD, WRONG, facts, styled
from .words import joined, short_arn


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as it should be."""

    kind: str
    what: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What `doctor` shows."""

    cluster: str
    findings: tuple[Finding, ...]


_NEEDED: Final = ("Launch", "Terminate", "InstanceRefresh", "ReplaceUnhealthy", "HealthCheck", "AZRebalance")
"""Processes that the platform relies on."""


def findings_of(health: Health) -> Findings:
    """All findings, those of instances first."""
    checks = (_registrations, _instances, _groups, _others, _controllers, _balancer)
    return Findings(cluster=health.cluster, findings=tuple(each for check in checks for each in check(health)))


def _registrations(health: Health) -> Iterator[Finding]:
    seen = health.snapshot
    silent = suspects(seen)
    for each in silent:
        if seen.gone(each.instance_id):
            what = f"{each.instance_id} is registered, and EC2 has terminated it"
            remedy = (
                "the instance controller removes it in minutes; or: aws ecs deregister-container-instance "
                f"--cluster {health.cluster} --container-instance {each.arn} --force"
            )
            yield Finding(kind="ghost registration", what=what, remedy=remedy)
    named = {each.instance_id for each in silent if seen.gone(each.instance_id)}
    for instance_id in sorted(seen.registered.keys() - seen.member_ids - named):
        what = f"{instance_id} is in the cluster and in no group of it"
        yield Finding(kind="foreign instance", what=what, remedy="drain it, then terminate it: nothing replaces it")


def _instances(health: Health) -> Iterator[Finding]:
    seen = health.snapshot
    for group in seen.groups:
        for each in group.members(RETAINED):
            remedy = f"look at it, then: aws ec2 terminate-instances --instance-ids {each.instance_id}"
            what = f"{each.instance_id} did not empty and is kept; it costs money and blocks a destroy"
            yield Finding(kind="retained instance", what=what, remedy=remedy)
        for each in group.members("InService"):
            if each.instance_id not in seen.registered:
                what = f"{each.instance_id} is in service, and ECS does not know it"
                yield Finding(
                    kind="unregistered instance", what=what, remedy=f"ecs-platform replace {each.instance_id}"
                )
            if each.protected_from_scale_in:
                what = f"{each.instance_id} is protected from scale-in: it is not removed as a surplus"
                remedy = (
                    f"aws autoscaling set-instance-protection --auto-scaling-group-name {group.name} "
                    f"--instance-ids {each.instance_id} --no-protected-from-scale-in"
                )
                yield Finding(kind="protected instance", what=what, remedy=remedy)


def _groups(health: Health) -> Iterator[Finding]:
    living = [each for each in health.snapshot.groups if not each.deleting]
    if len(living) != 1:
        names = joined([each.name for each in living]) or "none"
        remedy = "delete the one that is not in the stack" if living else "pulumi up --refresh"
        yield Finding(
            kind="groups", what=f"one group has to have the cluster's tag, these have it: {names}", remedy=remedy
        )
    for group in living:
        yield from _group(group, health)


def _group(group: Group, health: Health) -> Iterator[Finding]:
    if suspended := [each for each in _NEEDED if each in group.suspended_processes]:
        what = f"{group.name}: {joined(suspended, 6)} suspended"
        remedy = f"aws autoscaling resume-processes --auto-scaling-group-name {group.name}"
        yield Finding(kind="suspended scaling", what=what, remedy=remedy)
    settings = health.controllers.instances
    own = {settings.ready.hook, settings.drain.hook}
    for hook in group.hooks:
        if hook.name not in own:
            what = f"{group.name}: the hook {hook.name} is not the platform's; who completes it?"
            remedy = (
                f"aws autoscaling delete-lifecycle-hook --auto-scaling-group-name {group.name} "
                f"--lifecycle-hook-name {hook.name}"
            )
            yield Finding(kind="foreign hook", what=what, remedy=remedy)
    for name in sorted(own - {each.name for each in group.hooks}):
        what = f"{group.name}: the hook {name} is missing: instances come and go unchecked"
        yield Finding(kind="missing hook", what=what, remedy="pulumi up --refresh")
    if blocked(group):
        what = f"{group.name}: version {group.wanted_version} failed and is not tried again"
        yield Finding(kind="blocked rollout", what=what, remedy="mend the cause, then: ecs-platform retry-rollout")


def _others(health: Health) -> Iterator[Finding]:
    for each in health.scalers:
        what = f"{each}: two scalers work against each other"
        yield Finding(kind="second scaler", what=what, remedy="delete it: the capacity controller sets the size")


def _controllers(health: Health) -> Iterator[Finding]:
    for each in health.stopped_functions:
        remedy = f"aws lambda delete-function-concurrency --function-name {each}"
        yield Finding(
            kind="stopped controller", what=f"{each} may not run: its reserved concurrency is 0", remedy=remedy
        )
    for each in health.stopped_schedules:
        yield Finding(kind="stopped controller", what=f"the schedule {each} is disabled", remedy="pulumi up --refresh")


def _balancer(health: Health) -> Iterator[Finding]:
    balancing = health.balancing
    for rule in balancing.rules:
        asked = rule.target_groups
        if asked and asked <= balancing.of_addresses and not asked & balancing.served:
            targets = joined([_target(each) for each in sorted(asked)])
            what = f"a rule forwards to {targets}, where no service is"
            remedy = _removal(f"aws elbv2 delete-rule --rule-arn {rule.arn}", ours=asked <= balancing.ours)
            yield Finding(kind="orphaned rule", what=what, remedy=remedy)
    for arn, attached in sorted((balancing.target_groups or {}).items()):
        if not attached:
            served = (
                "a service registers there, and nobody forwards to it" if arn in balancing.served else "nobody uses it"
            )
            remedy = _removal(f"aws elbv2 delete-target-group --target-group-arn {arn}", ours=arn in balancing.ours)
            kind = "unattached target group"
            yield Finding(kind=kind, what=f"{_target(arn)}: {served}", remedy=remedy)


def _removal(command: str, *, ours: bool) -> str:
    return command if ours else f"it has no tag of the platform: look whose it is, then: {command}"


def _target(arn: str) -> str:
    return short_arn(arn.rpartition("/")[0])


def findings_drawn(view: Findings) -> Table:
    """Each with its remedy below."""
    if not view.findings:
        return facts([(view.cluster, styled("nothing is orphaned or changed by another hand", GOOD))])
    rows = [
        row for each in view.findings for row in ((each.kind, styled(each.what, WRONG)), ("", f"do: {each.remedy}"))
    ]
    return facts(rows)
