"""Token buckets: how many calls AWS takes, and how botocore waits for the next one.

ECS throttles by account and Region: reads of container instances and tasks 100 at once and 20 a second, modifications
of cluster resources 100 and 40, of services 50 and 5 (ECS API reference, "Request throttling"). SSM takes 40 reads and
3 writes of parameters a second (its quotas). Auto Scaling says nothing; it is given what ECS gives to reads.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

READS = ("Describe", "List", "Get")
ATTEMPTS = 5
"""As the clients of the controllers try (lambdas/cluster/clients.py)."""


@dataclass
class Bucket:
    """Tokens, and when they were counted last."""

    burst: float
    per_s: float
    at: datetime
    left: float = -1

    def take(self, now: datetime) -> bool:
        if self.left < 0:
            self.left = self.burst
        self.left = min(self.burst, self.left + self.per_s * (now - self.at).total_seconds())
        self.at = max(self.at, now)
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Buckets:
    """All buckets of an account, and what they refused."""

    def __init__(self, now: datetime):
        self._buckets = {
            "ecs reads": Bucket(100, 20, now),
            "ecs changes": Bucket(100, 40, now),
            "ecs service changes": Bucket(50, 5, now),
            "autoscaling": Bucket(100, 20, now),
            "ssm reads": Bucket(40, 40, now),
            "ssm changes": Bucket(3, 3, now),
        }
        self.refused: Counter[str] = Counter()

    def take(self, service: str, operation: str, now: datetime) -> bool:
        name = bucket_of(service, operation)
        taken = name not in self._buckets or self._buckets[name].take(now)
        self.refused[name] += not taken
        return taken


def bucket_of(service: str, operation: str) -> str:
    if service == "autoscaling":
        return service
    if operation.startswith(READS):
        return f"{service} reads"
    if operation in ("UpdateService", "CreateService", "DeleteService"):
        return f"{service} service changes"
    return f"{service} changes"


def pause_s(attempt: int) -> float:
    """How long botocore's standard mode waits at most before an attempt: the longest, so that a test is no luck."""
    return min(20.0, 2.0**attempt)
