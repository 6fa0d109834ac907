"""Texts that may be known only when what they come from is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import pulumi

UNKNOWN_TEXT: Final = "(known after up)"
"""What stands in a preview for a text that nobody knows yet, so that the rest of a document can be judged."""


def previewed(value: pulumi.Input[Any], stand_in: str = UNKNOWN_TEXT) -> pulumi.Output[Any]:
    """The value, or in a preview that does not know it yet what stands in for it. An update always has the value."""
    output = pulumi.Output.from_input(value)
    if not pulumi.runtime.is_dry_run():
        return output

    async def known_or_not() -> Any:
        return await output.future() if await output.is_known() else stand_in

    async def known() -> bool:
        return True

    return pulumi.Output(output.resources(), known_or_not(), known(), output.is_secret())


def previewed_within(value: Any, stand_in: str = UNKNOWN_TEXT) -> Any:
    """The same of a document or a list: each Output in it has a stand-in of its own."""
    if isinstance(value, pulumi.Output):
        return previewed(cast("pulumi.Output[Any]", value), stand_in)
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value).items()
        return {name: previewed_within(one, stand_in) for name, one in items}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [previewed_within(one, stand_in) for one in cast("Sequence[Any]", value)]
    return value
