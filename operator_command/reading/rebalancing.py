"""The rebalancing controller's own plan for all services, made again by its own code; nothing is moved."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from datetime import datetime

from lambdas.cluster.switch import read_switch
from lambdas.rebalancing.clients import ServiceClients
from lambdas.rebalancing.dry_run import is_dry
from lambdas.rebalancing.observe import Reader, observe
from lambdas.rebalancing.plan import Plan, plan
from lambdas.rebalancing.proposals import HealthyTargets, Question
from lambdas.rebalancing.settings import Settings
from lambdas.rebalancing.snapshot import RebalancingSnapshot

from ..connection import Connection


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What the controller would decide of every service now, and whether it only tells, or is paused."""

    plan: Plan
    dry: bool
    paused: bool


def read_balance(connection: Connection, settings: Settings, now: datetime) -> Balance:
    """The plan, with every service looked at; two calls for each 100 tasks, beside what each run reads.

    Targets are not asked for their health: while further tasks start, a move goes on, whatever they say.
    """
    every = replace(settings, moves=replace(settings.moves, look_minutes=1))
    clients = ServiceClients(load_balancing=None, service_scaling=connection.client("application-autoscaling"))
    reader = Reader(aws=connection.aws, more=clients, cluster=settings.target.cluster, known={})

    def answer(seen: RebalancingSnapshot, questions: tuple[Question, ...]) -> RebalancingSnapshot:
        healths = [each for each in questions if isinstance(each, HealthyTargets)]
        asked = {arn: 0 for each in healths for arn in each.target_groups}
        rest = [each for each in questions if each not in healths]
        return replace(reader(seen, rest), healthy={**seen.healthy, **asked})

    with redirect_stdout(sys.stderr):  # where the function writes its log
        dry = is_dry(connection.aws.ssm, settings.dry_run.parameter, now)
        paused = read_switch(connection.aws.ssm, settings.target.switch_parameter).paused
        return Balance(plan=plan(observe(connection.aws, every), every, now, answer), dry=dry, paused=paused)
