"""Each request of the engine is decoded once, and not once for each policy.

The SDK turns the properties of a resource, and for a stack those of all resources, into Python values for every policy
anew: with a hundred rules and two thousand resources that takes most of the time of a preview. The policies of this
pack change none of these values, so all of a request share them.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pulumi_policy as sdk

STEPS = ("deserialize_properties", "unknown_checking_proxy")
"""Functions of the SDK that turn a message into values, after protobuf's own `json_format.MessageToDict`."""
REQUESTS = ("Analyze", "AnalyzeStack")


def decode_once() -> None:
    """Change the SDK so; one that lacks any of its parts (1.21 has them) is left as it is, and says so on stderr."""
    module: Any = sdk.policy
    servicer: Any = getattr(module, "_PolicyAnalyzerServicer", None)
    if servicer is None or not all(hasattr(module, name) for name in ("json_format", *STEPS)):
        sys.stderr.write("ecs-operations: this SDK of Pulumi decodes in another way; large previews take longer\n")
        return
    kept = _Kept()
    module.json_format = SimpleNamespace(MessageToDict=kept.once(module.json_format.MessageToDict))
    for name in STEPS:
        setattr(module, name, kept.once(getattr(module, name)))
    for name in REQUESTS:
        setattr(servicer, name, kept.for_a_request(getattr(servicer, name)))


class _Kept(threading.local):
    """What was decoded for the request that this thread answers: function and argument → argument and result.

    The argument is kept beside its result, so that no other one gets its identity meanwhile.
    """

    def __init__(self) -> None:
        self.results: dict[tuple[Any, int], tuple[Any, Any]] | None = None

    def once(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, called once for each object."""

        def decoded(given: Any, *more: Any) -> Any:
            if self.results is None or more:
                return function(given, *more)
            key = (function, id(given))
            if key not in self.results:
                self.results[key] = (given, function(given))
            return self.results[key][1]

        return decoded

    def for_a_request(self, answer: Callable[..., Any]) -> Callable[..., Any]:
        """The SDK's own answer to a request, with results that are kept for as long as it takes."""

        def answered(servicer: Any, request: Any, context: Any) -> Any:
            self.results = {}
            try:
                return answer(servicer, request, context)
            finally:
                self.results = None

        return answered
