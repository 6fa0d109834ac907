"""The clients that only this controller needs, made once for the life of the function."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from ..cluster.clients import CONFIG, lean_session


@dataclass(frozen=True, kw_only=True)
class ServiceClients:
    """boto3 clients have no static types."""

    load_balancing: Any
    """Of Application and Network Load Balancers (`elbv2`)."""
    service_scaling: Any
    """Of Application Auto Scaling."""


def create(session: boto3.Session, config: Config = CONFIG) -> ServiceClients:
    """Make the clients in one thread: creating them is not safe in several."""
    return ServiceClients(
        load_balancing=session.client("elbv2", config=config),
        service_scaling=session.client("application-autoscaling", config=config),
    )


@cache
def service_clients() -> ServiceClients:
    """The clients of this function, in its own Region and role."""
    return create(lean_session())
