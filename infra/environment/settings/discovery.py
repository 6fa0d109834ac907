"""The key `discovery`: private names of services."""

from __future__ import annotations

from pydantic import Field

from .domain import DOMAIN
from .section import Section


class DiscoverySettings(Section):
    """Private names of services."""

    namespace: str | None = Field(
        default=None,
        pattern=DOMAIN,
        description="Domain of private names inside the VPC, two labels at least, in lower case; by default the "
        "environment's name and .internal, for example dev.internal. A change replaces all names.",
    )

    def name_in(self, environment: str) -> str:
        """The namespace of an environment."""
        return self.namespace or f"{environment}.internal"
