"""How far an instance refresh may go at a time: pure arithmetic.

Source: Auto Scaling user guide, minimum and maximum healthy percentage of an instance refresh.
"""

import math

_ALL = 100
"""Percent."""


def share(desired: int, percent: int) -> int:
    """Give how many new instances of a group of `desired` reach a checkpoint.

    It is reached at its percentage or above, so it takes the next whole instance (Auto Scaling user guide, Add
    checkpoints to an instance refresh).
    """
    return -(-desired * percent // _ALL)


def allowed(desired: int, least_percent: int, most_percent: int) -> tuple[int, int]:
    """Give how many instances may be added to a group of `desired`, and how many may be missing.

    Launch-first (something may be added) takes nothing away before the new instance serves. Where rounding allows
    neither, one instance is: added if all must stay healthy, else missing.
    """
    surge = math.floor(desired * most_percent / _ALL) - desired
    down = desired - math.ceil(desired * least_percent / _ALL)
    if surge > 0:
        return surge, 0
    if down > 0:
        return 0, down
    return (1, 0) if least_percent >= _ALL else (0, 1)
