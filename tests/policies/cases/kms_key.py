from __future__ import annotations

from ecs_operations.facts import tokens
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

KEPT = "kms-key-kept"

CASES = (
    good(KEPT, "as KMS has it", a(tokens.KEY)),
    good(KEPT, "two weeks", a(tokens.KEY, deletionWindowInDays=14, isEnabled=True)),
    bad(KEPT, "a week", "gone 7 days after its deletion, must be at least 14", a(tokens.KEY, deletionWindowInDays="7")),
    bad(KEPT, "off", "is disabled", a(tokens.KEY, isEnabled=False)),
    unknown(KEPT, "the window", a(tokens.KEY, deletionWindowInDays=UNKNOWN)),
    other(KEPT, "no key", a(tokens.CLUSTER)),
)  # fmt: skip
