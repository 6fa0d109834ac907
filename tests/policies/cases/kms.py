from __future__ import annotations

from ecs_operations.facts import tokens
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

ROTATES = "kms-rotation"

CASES = (
    good(ROTATES, "on", a(tokens.KEY, enableKeyRotation=True)),
    bad(ROTATES, "silent", "never rotates", a(tokens.KEY)),
    unknown(ROTATES, "the flag", a(tokens.KEY, enableKeyRotation=UNKNOWN)),
    other(ROTATES, "a key to sign", a(tokens.KEY, customerMasterKeySpec="RSA_2048")),
)  # fmt: skip
