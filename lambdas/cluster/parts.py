"""Parts of a picture that could not be read: the rest is acted on, and nothing is concluded from what is missing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from .errors import is_passing
from .read_cluster import PartialAnswerError
from .snapshot import Unread

Value = TypeVar("Value")


@dataclass(frozen=True)
class Parts:
    """Reads part by part, and remembers what failed."""

    unread: list[Unread] = field(default_factory=list[Unread])

    def read(self, part: str, call: Callable[[], Value], otherwise: Value) -> Value:
        """What the call gives, or else `otherwise`."""
        try:
            return call()
        except (ClientError, BotoCoreError) as error:
            self.lost(part, str(error), passing=is_passing(error))
        except (PartialAnswerError, LookupError, TypeError, ValueError) as error:  # an answer that makes no sense
            self.lost(part, f"{type(error).__name__}: {error}", passing=False)
        return otherwise

    def lost(self, part: str, error: str, *, passing: bool) -> None:
        """Remember that a part is not known."""
        self.unread.append(Unread(part=part, error=error, passing=passing))
