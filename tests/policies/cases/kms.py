from __future__ import annotations

from ecs_operations.facts import tokens
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

ROTATES = "kms-rotation"

CASES = (
    good(ROTATES, "on", a(tokens.KEY, enableKeyRotation=True)),
    bad(ROTATES, "silent", "never rotates", a(tokens.KEY)),
    good(ROTATES, "twice a year", a(tokens.KEY, enableKeyRotation="true", rotationPeriodInDays="180")),
    bad(ROTATES, "every five years", "every 1825 days, must be at most 365",
        a(tokens.KEY, enableKeyRotation=True, rotationPeriodInDays=1825)),
    unknown(ROTATES, "the flag", a(tokens.KEY, enableKeyRotation=UNKNOWN)),
    other(ROTATES, "a key to sign", a(tokens.KEY, customerMasterKeySpec="RSA_2048")),
)  # fmt: skip
