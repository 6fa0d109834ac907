"""Names of services, jobs and what belongs to them: log groups and private names are called so. Pure."""

from __future__ import annotations

import re
from typing import Any, Final

_NAME: Final = re.compile(r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?\Z")


def name_problem(name: Any) -> str | None:
    """Whether a name is no DNS name, or too long for the names that are made of it."""
    if isinstance(name, str) and _NAME.match(name):
        return None
    return f"name: must be a DNS name: up to 40 of a-z, 0-9 and -, a letter first; got {name!r}"
