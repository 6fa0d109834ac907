"""What a step proposes: to act, to wait, or to ask for what it has to know first."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..cluster.questions import TaskDefinitions, TaskProtection
from .actions import Action
from .reasons import Reason

Details = Mapping[str, str | int]


@dataclass(frozen=True, kw_only=True)
class Act:
    """Do it now; no later step is heard."""

    action: Action
    reason: Reason
    details: Details = field(default_factory=dict[str, str | int])


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Do nothing at this moment; no later step is heard."""

    reason: Reason
    details: Details = field(default_factory=dict[str, str | int])


@dataclass(frozen=True, kw_only=True)
class Ec2States:
    """Asks EC2 whether these instances run, and since when."""

    instance_ids: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class ServiceHosts:
    """Asks on which container instances these services have tasks: theirs must not share one."""

    services: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class TasksOn:
    """Asks which tasks are on these container instances."""

    container_instance_arns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SurplusHistory:
    """Asks how large the surplus was since it has to be there."""


@dataclass(frozen=True, kw_only=True)
class WaitingSince:
    """Asks what was measured while tasks of these services waited."""

    services: frozenset[str]


ClusterQuestion = TaskDefinitions | Ec2States | ServiceHosts | TasksOn | TaskProtection
Question = ClusterQuestion | SurplusHistory | WaitingSince


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Propose again once these are answered. An answer may be that there is nothing, but it is an answer."""

    questions: tuple[Question, ...]


Proposal = Act | Wait | Ask
