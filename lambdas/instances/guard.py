"""The guard: what is odd about one instance costs that instance, never the pass."""

from collections.abc import Iterable, Iterator

from .actions import Action, Unplanned


def guarded(instance_id: str, steps: Iterable[Action]) -> Iterator[Action]:
    """All steps of one instance, or none of them and a word of what went wrong.

    Catches every exception: attributes, tags and answers are written by others, and whatever stands there, the other
    instances need their pass.
    """
    try:
        yield from list(steps)
    except Exception as error:  # noqa: BLE001 - as said above
        yield Unplanned(instance_id=instance_id, reason=f"{type(error).__name__}: {error}")
