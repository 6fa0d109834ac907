"""KMS keys."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.shapes import number

YEAR = 365
"""Days between two rotations, where the program is silent (source: AWS KMS API reference, EnableKeyRotation)."""


@Rule(
    id="kms-rotation",
    summary="A key rotates by itself.",
    fix="Set enable_key_rotation.",
    severity=Severity.MEDIUM,
    source="AWS KMS developer guide, Rotate AWS KMS keys",
    anchors=("Security Hub KMS.4", "checkov CKV_7", "cdk-nag AwsSolutions-KMS5"),
    types=(tokens.KEY,),
    unknown=WhenUnknown.FAIL,
    guards=("enableKeyRotation", "rotationPeriodInDays"),
)
def kms_rotation(key: Resource, _config: Config) -> Results:
    """The longer a key is used, the more it opens when it leaks. Asymmetric keys and keys to sign cannot rotate."""
    if key.get("customerMasterKeySpec", default="SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
        return
    days = number(key.get("rotationPeriodInDays", default=YEAR))
    if key.get("enableKeyRotation", default=False) not in (True, "true"):
        yield "never rotates"
    elif days is not None and days > YEAR:
        yield f"rotates every {days:g} days, must be at most {YEAR}"
