"""The example `examples/shop` as it stands, on a platform as it is exported."""

from __future__ import annotations

import runpy
import sys

import infra
from tests.support.application import a_platform
from tests.support.graph import Graph, graph_of
from tests.support.stack_files import ROOT, config_of
from tools.standing_platform import outputs_of

SHOP = ROOT / "examples" / "shop"
CONFIG = config_of("dev", SHOP)

sys.modules.setdefault("ecs_platform", infra)  # the wheel gives it this name; tests/library/test_wheel.py builds one


def exported(**changes) -> dict:
    """What the platform's stack exported: no domain, no key, no boundary."""
    values = outputs_of(a_platform(domain=None, https_listener_arn=None)) | changes
    return {name: value for name, value in values.items() if value is not None}


def running_what_was_deployed(args: dict) -> dict:
    name = args["serviceName"].removesuffix("-service-0a1b2c3")
    return {"taskDefinition": f"arn:aws:ecs:eu-central-1:123456789012:taskDefinition/{name}-task-definition-0a1b2c3"}


def program() -> None:
    runpy.run_path(str(SHOP / "__main__.py"))


def shop(*, preview: bool = False, running=running_what_was_deployed, program=program, **changes) -> Graph:
    return graph_of(
        program,
        project="shop",
        config=CONFIG,
        preview=preview,
        stacks={CONFIG["shop:platform"]: exported(**changes)},
        lookups={"aws:ecs/getService:getService": running},
    )
