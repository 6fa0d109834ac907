"""A transport without a network: real boto3 clients whose calls are answered by a function of the test.

botocore validates the parameters as always, its paginators run, and the answers are validated against the service
model, so that a fake cannot say what AWS could not.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.validate import validate_parameters

from lambdas.cluster.clients import Clients, create
from lambdas.rebalancing.clients import ServiceClients
from lambdas.rebalancing.clients import create as create_service_clients

Respond = Callable[[str, str, Mapping[str, Any]], Mapping[str, Any]]
SERVICES = ("autoscaling", "cloudwatch", "ec2", "ecs", "quotas", "ssm")


class AwsError(Exception):
    """Raised by a fake to have AWS answer with an error."""

    def __init__(self, code: str, message: str = "", status: int = 400):
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


@cache
def a_session() -> boto3.Session:
    """One session for all clients: it keeps the service models, which take longest to load."""
    return boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")


def fake_clients(respond: Respond) -> Clients:
    """Clients whose every call is `respond(service, operation, params)`."""
    clients = create(a_session())
    for service in SERVICES:
        _answer(getattr(clients, service), respond)
    return clients


def all_of(clients: Clients) -> list[Any]:
    return [getattr(clients, service) for service in SERVICES]


def _answer(client: Any, respond: Respond) -> None:
    def remember(params, context, **_):
        context["test_params"] = params

    def call(model, context, **_):
        service = model.service_model.service_name
        try:
            parsed = dict(respond(service, model.name, context["test_params"]))
        except AwsError as error:
            return _http(error.status), {"Error": {"Code": error.code, "Message": error.message}}
        if model.output_shape is not None:
            validate_parameters(parsed, model.output_shape)
        return _http(200), parsed | {"ResponseMetadata": {"HTTPStatusCode": 200}}

    client.meta.events.register_last("before-parameter-build", remember)
    client.meta.events.register("before-call", call)


def _http(status: int) -> AWSResponse:
    return AWSResponse("https://example.invalid", status, {}, None)


def page(items, params, key, size=100):
    """One page of a list, as the APIs of ECS cut it."""
    start = int(params.get("nextToken", "0"))
    more = {"nextToken": str(start + size)} if start + size < len(items) else {}
    return {key: items[start : start + size], **more}


def fake_service_clients(respond: Respond) -> ServiceClients:
    """Those of the rebalancing controller alone, answered likewise."""
    made = create_service_clients(a_session())
    _answer(made.load_balancing, respond)
    _answer(made.service_scaling, respond)
    return made
