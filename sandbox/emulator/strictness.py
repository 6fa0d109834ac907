"""Every request is held against the service model and the table of relations before moto sees it."""

from __future__ import annotations

from typing import Any, Final

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol
from moto.core.responses import BaseResponse
from moto.core.utils import get_service_model

from . import models, relations
from .failures import Refused
from .patches import Replacement

_CODES: Final = {
    "ec2": "InvalidParameterValue",
    "ecr": "InvalidParameterException",
    "ecs": "InvalidParameterException",
    "logs": "InvalidParameterException",
    "route53": "InvalidInput",
    "s3": "InvalidArgument",
    "servicediscovery": "InvalidInput",
    "sns": "InvalidParameter",
    "sqs": "InvalidParameterValue",
}
"""Error of a service for a parameter that it does not take; the others say ValidationError (query) or
ValidationException (JSON)."""

_moto_setup = BaseResponse.setup_class


def setup_class(self: Any, *args: Any, **kwargs: Any) -> None:
    """Read a request as moto does, then refuse what AWS refuses."""
    _moto_setup(self, *args, **kwargs)
    operation = self._get_action()
    model: Any = get_service_model(self.boto3_service_name)
    if operation not in model.operation_names:
        return
    service = str(model.service_name)
    protocol = determine_request_protocol(model, self.normalized_request.content_type)
    params = _params(self, model.operation_model(operation), protocol)
    usual = code_of(service, protocol)
    if found := models.problems(service, operation, params):
        number = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected: "
        raise Refused(protocol, usual, number + "; ".join(found))
    for code, problem in relations.refusals(service, operation, params):
        raise Refused(protocol, code or usual, problem)


def code_of(service: str, protocol: str) -> str:
    """The code with which a service refuses a parameter."""
    return _CODES.get(service) or ("ValidationException" if "json" in protocol else "ValidationError")


def _params(response: Any, operation: Any, protocol: str) -> dict[str, Any]:
    """The parameters by the service model; moto itself reads only those of some services so."""
    if response.automated_parameter_parsing:
        return response.params
    request = response.normalized_request
    parser = PROTOCOL_PARSERS.get(protocol)
    if parser is None:
        return {}
    return parser(operation).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": response.uri_match,
        }
    )


REPLACEMENTS: tuple[Replacement, ...] = ((BaseResponse, "setup_class", setup_class),)
