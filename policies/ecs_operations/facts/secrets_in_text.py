"""Tells whether a plain variable looks like a secret. Values go in; only yes or no comes out."""

from __future__ import annotations

import re
from collections import Counter
from math import log2

NAME = re.compile(r"PASSW(OR)?D|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIAL", re.IGNORECASE)
HARMLESS_NAME = re.compile(r".*_(ARN|URL|URI|NAME|PATH|FILE|ID|PARAMETER|TTL|SECONDS|S|COUNT|ENABLED)", re.IGNORECASE)
"""A name that ends so holds the place of a secret, or a number, not the secret."""
SHAPE = re.compile(
    r"(AKIA|ASIA)[0-9A-Z]{16}"  # access key of AWS
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|gh[pousr]_[A-Za-z0-9]{36}"  # token of GitHub
    r"|xox[abprs]-[A-Za-z0-9-]{10,}"  # token of Slack
    r"|[a-z][a-z0-9+]*://[^/\s:@]+:[^/\s:@]+@"  # address with a password
)
RANDOM = re.compile(r"[A-Za-z0-9+/=_-]{32,}")
RANDOM_BITS = 4.3
"""Bits per character: random base64 of 32 characters has about 4.6, a hexadecimal hash at most 4, words about 3.5."""


def looks_secret(name: str, value: str) -> bool:
    """Return whether a variable of this name and value looks like a secret."""
    if SHAPE.search(value):
        return True
    if HARMLESS_NAME.fullmatch(name):
        return False
    return bool(value) and (NAME.search(name) is not None or _random(value))


def _random(value: str) -> bool:
    if not RANDOM.fullmatch(value) or not all(re.search(part, value) for part in ("[a-z]", "[A-Z]", "[0-9]")):
        return False
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * log2(share) for share in shares) > RANDOM_BITS
