"""What the controller can do to a service. Each action is idempotent, and goes on where a crash has left it."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..cluster.moves import Move
from ..cluster.shapes import Shape


@dataclass(frozen=True, kw_only=True)
class Raise:
    """Write the move down and have the service run further tasks: ECS starts them on emptier instances."""

    service: str
    service_arn: str
    move: Move
    seen: str | None
    """The tag that this was decided on. With another one by now the action is stale."""
    shape: Shape
    further: Mapping[str, int]
    """Where the further tasks should start, by ARN of a container instance."""


@dataclass(frozen=True, kw_only=True)
class Lower:
    """Have the service run as many tasks as before: those that are not protected for the moment stop."""

    service: str
    service_arn: str
    move: Move
    seen: str | None
    desired: int
    """Tasks that it runs from now on; never fewer than before the move."""
    stay: tuple[str, ...] = ()
    """ARNs of the tasks that are protected while it happens; none leaves the choice to ECS."""
    late: bool = False
    """Whether it happens also where not all of them can be protected."""


@dataclass(frozen=True, kw_only=True)
class Remember:
    """Write down how a move ended."""

    service: str
    service_arn: str
    move: Move
    seen: str | None
    desired: int
    """Tasks that the service wants. With another count by now the move may go on after all."""


@dataclass(frozen=True, kw_only=True)
class Forget:
    """Take the tag away."""

    service: str
    service_arn: str
    seen: str | None


Action = Raise | Lower | Remember | Forget
