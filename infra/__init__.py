"""What applications import: the platform that they run on, and services to add to it.

This is the only door: modules below it may move between releases. It loads nothing of `environment`.
"""

from .common.iam import allow
from .contract import Platform
from .services.container import Container
from .services.deployment import Deployment
from .services.placement import DENSE, INSTANCES, ZONES, Placement
from .services.routing import HealthCheck, Route
from .services.security_group import Caller
from .services.service import Service
from .services.service_args import ServiceArgs
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
