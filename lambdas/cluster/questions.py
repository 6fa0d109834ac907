"""What controllers ask about a cluster when a decision turns on it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TaskDefinitions:
    """Asks what tasks of these definitions reserve."""

    arns: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class TaskProtection:
    """Asks which of these tasks protect themselves."""

    task_arns: frozenset[str]
