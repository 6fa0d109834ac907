"""Task protection, as a controller reads it that would rather leave a task alone."""

from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from . import journal
from .read_cluster import read_protected


def read_protection(ecs: Any, cluster: str, task_arns: Iterable[str]) -> dict[str, bool]:
    """Whether each task protects itself. All count as protected when nobody can say: nothing is moved then."""
    arns = sorted(task_arns)
    try:
        protected = read_protected(ecs, cluster, arns)
    except ClientError as error:
        journal.write("protection unknown", "WARN", error=str(error))
        return dict.fromkeys(arns, True)
    return {arn: arn in protected for arn in arns}
