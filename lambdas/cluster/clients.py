"""The AWS clients of the controllers, made once for the life of the function."""

import gc
import logging
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import boto3
import botocore.session
from botocore.config import Config

from .lean_parsing import moment, parse_leanly

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
    quotas: Any
    ssm: Any


def lean_session(**options: Any) -> boto3.Session:
    """A session of boto3, with its options, whose clients read moments quickly."""
    core = botocore.session.Session()
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=moment)
    return boto3.Session(botocore_session=core, **options)


def create(session: boto3.Session, config: Config = CONFIG) -> Clients:
    """Make the clients in one thread: creating them is not safe in several."""
    ecs = session.client("ecs", config=config)
    parse_leanly(ecs)
    return Clients(
        autoscaling=session.client("autoscaling", config=config),
        cloudwatch=session.client("cloudwatch", config=config),
        ec2=session.client("ec2", config=config),
        ecs=ecs,
        quotas=session.client("service-quotas", config=config),
        ssm=session.client("ssm", config=config),
    )


@cache
def clients() -> Clients:
    """The clients of this function, in its own Region and role."""
    logging.getLogger("botocore").setLevel(logging.WARNING)  # at INFO it logs at each start where it found credentials
    made = create(lean_session())
    gc.freeze()  # half a million objects of the service models stay for ever: no collection has to look at them
    return made
