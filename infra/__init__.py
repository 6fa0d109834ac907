"""What applications import: the platform that they run on, and services to add to it.

This is the only door: modules below it may move between releases. It loads nothing of `environment`.
"""

from .common.iam import allow
from .contract import Platform
from .services.container import Container
from .services.deployment import Deployment
from .services.domain import Domain, DomainArgs
from .services.firelens import LogOptions, LogRouter
from .services.limits import Limits
from .services.login import CognitoLogin, OidcLogin
from .services.placement import DENSE, INSTANCES, ZONES, Placement
from .services.redirect import Redirect
from .services.routing import HealthCheck, Route
from .services.security_group import Caller
from .services.service import Service
from .services.service_args import ServiceArgs
from .services.sidecar import Sidecar, adot_collector, log_router
from .services.task_scaling import TaskScaling
from .services.volume import EbsVolume, EfsVolume, Mount, Scratch

__all__ = [
    "DENSE",
    "INSTANCES",
    "ZONES",
    "Caller",
    "CognitoLogin",
    "Container",
    "Deployment",
    "Domain",
    "DomainArgs",
    "EbsVolume",
    "EfsVolume",
    "HealthCheck",
    "Limits",
    "LogOptions",
    "LogRouter",
    "Mount",
    "OidcLogin",
    "Placement",
    "Platform",
    "Redirect",
    "Route",
    "Scratch",
    "Service",
    "ServiceArgs",
    "Sidecar",
    "TaskScaling",
    "adot_collector",
    "allow",
    "log_router",
]
