from __future__ import annotations

from ecs_operations.facts import tokens
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

ADDRESS = "subnet-no-auto-public-ip"

CASES = (
    good(ADDRESS, "silent", a(tokens.SUBNET)),
    good(ADDRESS, "off, as text", a(tokens.SUBNET, mapPublicIpOnLaunch="false")),
    bad(ADDRESS, "on, as text", "a public address", a(tokens.SUBNET, mapPublicIpOnLaunch="true")),
    bad(ADDRESS, "hands out", "a public address", a(tokens.SUBNET, mapPublicIpOnLaunch=True)),
    unknown(ADDRESS, "the flag", a(tokens.SUBNET, mapPublicIpOnLaunch=UNKNOWN)),
    other(ADDRESS, "no subnet", a(tokens.CLUSTER)),
)  # fmt: skip
