"""What applications import: the platform that they run on, and services to add to it.

This is the only door: modules below it may move between releases. It loads nothing of `environment`.
"""

from .common.iam import allow
from .contract import Platform
from .services.caller import Caller
from .services.container import Container
from .services.daemon import Daemon
from .services.daemon_args import DaemonArgs
from .services.deployment import STOP_FIRST, Deployment
from .services.domain import Domain, DomainArgs
from .services.ecr_repository import EcrRepository, EcrRepositoryArgs
from .services.egress import Egress
from .services.firelens import LogOptions, LogRouter
from .services.job import Job
from .services.lifecycle_hook import LifecycleHook
from .services.limits import Limits
from .services.login import CognitoLogin, OidcLogin
from .services.network_load_balancer import (
    ExistingNetworkLoadBalancer,
    NetworkLoadBalancer,
    NetworkLoadBalancerArgs,
)
from .services.password import Password
from .services.placement import DENSE, INSTANCES, ZONES, Placement
from .services.port import Port
from .services.port_health_check import PortHealthCheck
from .services.pull_through_cache import PullThroughCache, PullThroughCacheArgs
from .services.redirect import Redirect
from .services.routing import HealthCheck, Route
from .services.scaling_targets import MetricTarget, QueueTarget, ScheduledBounds
from .services.scheduled_task import ScheduledTask
from .services.scheduled_task_args import ScheduledTaskArgs
from .services.secret import Secret, SecretArgs
from .services.service import Service
from .services.service_args import ServiceArgs
from .services.sidecar import Sidecar, adot_collector, log_router
from .services.task_scaling import ONE_TASK, TaskScaling
from .services.traffic_shift import BlueGreen, Canary, Linear
from .services.volume import EbsVolume, EfsVolume, HostPath, Mount, Scratch
from .services.work_queue import WorkQueue, WorkQueueArgs

__all__ = [
    "DENSE",
    "INSTANCES",
    "ONE_TASK",
    "STOP_FIRST",
    "ZONES",
    "BlueGreen",
    "Caller",
    "Canary",
    "CognitoLogin",
    "Container",
    "Daemon",
    "DaemonArgs",
    "Deployment",
    "Domain",
    "DomainArgs",
    "EbsVolume",
    "EcrRepository",
    "EcrRepositoryArgs",
    "EfsVolume",
    "Egress",
    "ExistingNetworkLoadBalancer",
    "HealthCheck",
    "HostPath",
    "Job",
    "LifecycleHook",
    "Limits",
    "Linear",
    "LogOptions",
    "LogRouter",
    "MetricTarget",
    "Mount",
    "NetworkLoadBalancer",
    "NetworkLoadBalancerArgs",
    "OidcLogin",
    "Password",
    "Placement",
    "Platform",
    "Port",
    "PortHealthCheck",
    "PullThroughCache",
    "PullThroughCacheArgs",
    "QueueTarget",
    "Redirect",
    "Route",
    "ScheduledBounds",
    "ScheduledTask",
    "ScheduledTaskArgs",
    "Scratch",
    "Secret",
    "SecretArgs",
    "Service",
    "ServiceArgs",
    "Sidecar",
    "TaskScaling",
    "WorkQueue",
    "WorkQueueArgs",
    "adot_collector",
    "allow",
    "log_router",
]
