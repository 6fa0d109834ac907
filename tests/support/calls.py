"""Records every AWS call that boto3 clients make, as (service, operation, params), before it leaves the process."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Call:
    """One API call, with the parameters as the program gave them."""

    service: str
    operation: str
    params: Mapping[str, Any]


def record(clients: Iterable[Any]) -> list[Call]:
    """Append every call of these clients to the list that is returned; a retry is no second call."""
    calls: list[Call] = []

    def note(model, params, **_):
        calls.append(Call(service=model.service_model.service_name, operation=model.name, params=deepcopy(params)))

    for client in clients:
        client.meta.events.register_last("before-parameter-build", note)
    return calls


def operations(calls: Iterable[Call]) -> list[str]:
    """The calls in short, as `service:Operation`."""
    return [f"{call.service}:{call.operation}" for call in calls]
