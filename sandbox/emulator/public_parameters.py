"""SSM: the parameters that AWS publishes.

Trap of moto: what is a JSON document in AWS is answered as Python writes a dict.
"""

import json
from typing import Any

from moto.ssm import models
from moto.ssm.utils import convert_to_params

from .patches import Replacement


def as_text(tree: dict[str, Any]) -> list[dict[str, Any]]:
    """Moto's parameters, documents as the text of their JSON."""
    return [{**each, "Value": _text(each["Value"])} for each in convert_to_params(tree)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


REPLACEMENTS: tuple[Replacement, ...] = ((models, "convert_to_params", as_text),)
