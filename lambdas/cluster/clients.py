"""The AWS clients of the controllers, made once for the life of the function."""

import logging
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import boto3
from botocore.config import Config

CONFIG: Final = Config(
    retries={"mode": "standard", "total_max_attempts": 5},  # throttling is waited out; what still fails comes again
    connect_timeout=3,
    read_timeout=10,  # seconds; the default of 60 would outlast the function
)


@dataclass(frozen=True, kw_only=True)
class Clients:
    """boto3 clients have no static types."""

    autoscaling: Any
    cloudwatch: Any
    ec2: Any
    ecs: Any
    ssm: Any


def create(session: boto3.Session) -> Clients:
    """Make the clients in one thread: creating them is not safe in several."""
    return Clients(
        autoscaling=session.client("autoscaling", config=CONFIG),
        cloudwatch=session.client("cloudwatch", config=CONFIG),
        ec2=session.client("ec2", config=CONFIG),
        ecs=session.client("ecs", config=CONFIG),
        ssm=session.client("ssm", config=CONFIG),
    )


@cache
def clients() -> Clients:
    """The clients of this function, in its own Region and role."""
    logging.getLogger("botocore").setLevel(logging.WARNING)  # at INFO it logs at each start where it found credentials
    return create(boto3.Session())
