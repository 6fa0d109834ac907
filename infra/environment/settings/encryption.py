"""The key `encryption`: whose keys encrypt what the platform writes."""

from __future__ import annotations

from pydantic import Field

from .section import Section


class EncryptionSettings(Section):
    """Encryption of log groups and topics. Volumes and queues are encrypted always, with keys that AWS manages."""

    customer_key: bool = Field(
        default=True,
        description="A KMS key of this environment for log groups and topics, instead of keys that AWS owns. Costs "
        "per month and per request.",
    )
