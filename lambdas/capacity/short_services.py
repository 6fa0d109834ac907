"""Services and daemons that run fewer tasks than they have to: their alarms look at this.

ECS has no metric for it. The number of samples of its CPUUtilization comes late, and is missing alike for a service
without a task and for a new one.
"""

from collections.abc import Iterable, Mapping
from math import ceil

from ..cluster.services import Service


def short_services(services: Iterable[Service]) -> Mapping[str, int]:
    """Name → tasks that run, of each service with fewer of them than it keeps in a deployment or a drain.

    A service whose first deployment goes on is left out: nothing of it is missing yet, and whoever deploys it waits.
    """
    replicas = (each for each in services if each.status == "ACTIVE" and not each.daemon)
    return {each.name: each.running for each in replicas if each.running < _least(each) and not _new(each)}


def missing_daemons(services: Iterable[Service]) -> Mapping[str, int]:
    """Name → instances without its task, of each service that runs one on every instance.

    As ECS counts them: the desired count of a daemon is the number of instances that its constraints allow.
    """
    daemons = (each for each in services if each.status == "ACTIVE" and each.daemon)
    return {
        each.name: each.desired - each.running for each in daemons if each.running < each.desired and not _new(each)
    }


def _least(service: Service) -> int:
    """As ECS rounds; one task at least of a service that wants any."""
    return max(min(1, service.desired), ceil(service.desired * service.minimum_healthy_percent / 100))


def _new(service: Service) -> bool:
    return len(service.deployments) == 1 and service.deployments[0].rollout_state == "IN_PROGRESS"
