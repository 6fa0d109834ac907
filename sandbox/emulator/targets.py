"""Targets of rules, schedules and failed calls: what one receives, and the delivery to it.

Trap of moto: a Lambda target raises NotImplementedError.
"""

import json
from contextlib import suppress
from typing import Any

from jsonpath_ng.ext.parser import parse
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from . import world
from .calls import enqueue


def payload_of(target: dict[str, Any], event: dict[str, Any]) -> str:
    """Give what a target receives: its constant, a part of the event, a template or the event."""
    if target.get("Input"):
        return str(target["Input"])
    if target.get("InputPath"):
        return json.dumps(_at(target["InputPath"], event))
    if transformer := target.get("InputTransformer"):
        text = str(transformer["InputTemplate"])
        for name, path in (transformer.get("InputPathsMap") or {}).items():
            value = _at(path, event)
            text = text.replace(f"<{name}>", value if isinstance(value, str) else json.dumps(value))
        return text
    return json.dumps(event)


def _at(path: str, event: dict[str, Any]) -> Any:
    found = parse(path).find(event)
    return found[0].value if found else None


def deliver(account: str, region: str, target: dict[str, Any], payload: str) -> None:
    """Hand a payload to a function, a queue, a topic, a log group or a cluster; other targets are noted and dropped."""
    arn = str(target["Arn"])
    service = arn.split(":")[2]
    try:
        if service == "lambda":
            enqueue(account, arn.split(":")[3], arn, payload)
        elif service == "sqs":
            group = (target.get("SqsParameters") or {}).get("MessageGroupId")
            sqs_backends[account][region].send_message(arn.split(":")[5], payload, group_id=group)
        elif service == "sns":
            sns_backends[account][region].publish(payload, arn=arn)
        elif service == "ecs":
            world.current().task_orders.append((account, region, target, payload))
        elif service == "logs":
            to_log_group(account, region, arn.split(":log-group:")[1].removesuffix(":*"), "events", [payload])
        else:
            world.current().log.append(f"event target {arn}: the emulator does not deliver to {service}")
    except Exception as error:  # noqa: BLE001 - a target that is gone must not stop the loop
        world.current().log.append(f"event target {arn}: {type(error).__name__}: {error}")


def to_log_group(account: str, region: str, group: str, stream: str, lines: list[str]) -> None:
    """Write lines into a stream of a log group; the group must exist, the stream is made."""
    backend = logs_backends[account][region]
    with suppress(Exception):  # it exists
        backend.create_log_stream(group, stream)
    stamp = int(world.current().now * 1000)
    backend.put_log_events(group, stream, [{"timestamp": stamp, "message": line} for line in lines])
