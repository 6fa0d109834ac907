"""Whether a pass counts as a sign of life."""

from collections.abc import Sequence

from . import journal, tags
from .snapshot import Group


def completed(groups: Sequence[Group], cluster: str) -> float:
    """The value of the metric CompletedPasses after a pass over these groups.

    0 without a group. A first deployment has none for some minutes; later, a controller that finds none looks after
    nothing, and must not look alive.
    """
    if not groups:
        remedy = f"an Auto Scaling group of the cluster has the tag {tags.CLUSTER}={cluster}"
        journal.write("no group", "ERROR", cluster=cluster, remedy=remedy)
    return float(bool(groups))
