from __future__ import annotations

from ecs_operations.facts import tokens
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

KEPT = "kms-key-kept"
ASYMMETRIC = a(tokens.KEY, customerMasterKeySpec="RSA_2048", keyUsage="SIGN_VERIFY")

CASES = (
    good(KEPT, "as KMS has it", a(tokens.KEY)),
    good(KEPT, "two weeks", a(tokens.KEY, deletionWindowInDays=14, isEnabled=True)),
    bad(KEPT, "a week", "gone 7 days after its deletion, must be at least 14", a(tokens.KEY, deletionWindowInDays="7")),
    bad(KEPT, "off", "is disabled", a(tokens.KEY, isEnabled=False)),
    bad(KEPT, "to sign", "RSA_2048, under which alarms cannot encrypt", ASYMMETRIC, a(
        tokens.TOPIC, "alarms", depends={"kmsMasterKeyId": [ASYMMETRIC]})),
    good(KEPT, "to sign what others ask", ASYMMETRIC),
    unknown(KEPT, "the window", a(tokens.KEY, deletionWindowInDays=UNKNOWN)),
    other(KEPT, "no key", a(tokens.CLUSTER)),
)  # fmt: skip
