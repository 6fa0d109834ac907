"""What application repositories import: the platform that they run on, and services to add to it."""

from .common.iam import allow
from .contract import Platform
from .services.container import Container
from .services.deployment import Deployment
from .services.placement import DENSE, INSTANCES, ZONES, Placement
from .services.routing import HealthCheck, Route
from .services.security_group import Caller
from .services.service import Service, ServiceArgs
from .services.task_scaling import TaskScaling

__all__ = [
    "DENSE",
    "INSTANCES",
    "ZONES",
    "Caller",
    "Container",
    "Deployment",
    "HealthCheck",
    "Placement",
    "Platform",
    "Route",
    "Service",
    "ServiceArgs",
    "TaskScaling",
    "allow",
]
