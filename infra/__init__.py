"""What application repositories import: the platform that they run on, and services to add to it."""

from .access import Caller
from .autoscaling import Scaling
from .container import Container
from .deployment import Deployment
from .iam import allow
from .placement import DENSE, INSTANCES, ZONES, Placement
from .platform import Platform
from .routing import HealthCheck, Route
from .service import Service, ServiceArgs

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
    "Scaling",
    "Service",
    "ServiceArgs",
    "allow",
]
