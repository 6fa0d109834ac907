"""What the name of a variable says of its value."""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache
from itertools import pairwise


class Meaning(Enum):
    """What a variable of this name holds."""

    PASSWORD = auto()
    """A password: any value but a flag, a reference and a place."""
    KEY = auto()
    """A key or a token: what is no number either."""
    WAY = auto()
    """How somebody is recognised, or by what: `REDIS_AUTH`."""
    DIGEST = auto()
    """The name of content, which is as random as a key."""
    PLACE = auto()
    """Where a secret is kept, or a number or a rule about it."""
    ANYTHING = auto()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_PASSWORD = re.compile(r"\w*(PASSWORD|PASSWD|PASSPHRASE|PASSCODE|PWD)S?|(DB|USER|ADMIN|ROOT|MYSQL|PG|SMTP|REDIS)?PASS|"
                       r"REQUIREPASS|MASTERAUTH|PW|PIN|PINCODE")  # fmt: skip
_KEY = re.compile(
    r"\w*(SECRET|TOKEN|CREDENTIAL|APIKEY|ACCESSKEY|PRIVATEKEY|SECRETKEY|AUTHKEY|HMAC)S?|CREDS?|SALT|PEPPER"
)
_KIND_OF_KEY = _words(
    """
    API APP ACCESS ACCOUNT ADMIN AES AUTH CIPHER CLIENT COOKIE CRYPT DEPLOY ENCRYPT ENCRYPTION HMAC
    JWT LICENSE MASTER PRIVATE RSA SECRET SERVICE SESSION SHARED SIGN SIGNATURE SIGNING SSH STORAGE STRIPE TLS
    WEBHOOK
    """
)
"""Before KEY. A public, a primary, a cache or a routing key is none."""
_DIGEST = _words(
    """
    COMMIT REVISION REV SHA SHA1 SHA256 SHA512 DIGEST CHECKSUM VERSION ETAG FINGERPRINT THUMBPRINT MD5 BUILD TAG
    ID IDS UUID GUID HASHES IMAGE INTEGRITY PUBLIC PUB PUBLISHABLE SITE CERT CERTIFICATE CA
    """
)
_PLACE = _words(
    """
    ARN ARNS URL URI URLS NAME NAMES PATH PATHS FILE FILES DIR FOLDER ID IDS KEYID PARAMETER PARAM PARAMS TTL S
    MS SEC SECS SECONDS MINUTES MINS HOURS DAYS COUNT ENABLED DISABLED LENGTH LEN SIZE LIMIT LIMITS EXPIRY
    EXPIRES EXPIRE EXPIRATION EXP LIFETIME AGE TIMEOUT INTERVAL PERIOD ROTATION PROVIDER HEADER HEADERS FIELD
    PREFIX SUFFIX TYPE TYPES ALGORITHM ALG ALGO POLICY FORMAT MODE STORE BACKEND MANAGER SOURCE REF REFERENCE
    REGION VERSION ISSUER AUDIENCE AUD ENDPOINT HOST HOSTNAME PORT USER USERNAME SCOPE SCOPES REQUIRED REGEX
    PATTERN CLASS MECHANISM METHOD STRATEGY ROUNDS COST ITERATIONS HINT LABEL LOCATION BUCKET TABLE TOPIC QUEUE
    COOKIE PARALLELISM ENCODING ENGINE KIND STAGE STATUS VALIDITY WINDOW LEEWAY GRACE CACHE STDIN BUDGET DOMAIN
    NAMESPACE ENV PROMPT RETRIES ATTEMPTS HISTORY STRENGTH COMPLEXITY LEVEL HASHER ENCODER
    VALIDATOR GENERATOR CHECK PERMISSIONS GRANT FLOW CLAIM CLAIMS REQUIREMENTS RULES MIN MAX SERVICE SERVER
    """
)
"""At the end of a name."""
_QUALIFIED = frozenset(["MAX", "MIN", "NUM", "NUMBER", "COUNT", "TOTAL", "LIMIT"])
"""At its start, it is a number of tokens."""


@lru_cache(maxsize=4096)
def meaning_of(name: str) -> Meaning:
    """Return what a name says; `dbPassword`, `DB_PASSWORD`, `db.password` and `--db-password` say the same."""
    parts = [part.upper() for word in re.split(r"[^A-Za-z0-9]+", name) for part in _PARTS.findall(word)]
    words = [part for part in parts if not part.isdigit()] or [""]
    last = words[-1]
    if last in _PLACE or words[0] in _QUALIFIED:
        return Meaning.DIGEST if last in _DIGEST and not _secret(words[:-1]) else Meaning.PLACE
    if _password(words):
        return Meaning.PASSWORD
    if _secret(words):
        return Meaning.KEY
    if last in ("AUTH", "AUTHENTICATION", "LOGIN"):
        return Meaning.WAY
    return Meaning.DIGEST if _DIGEST.intersection(parts) else Meaning.ANYTHING


def _password(words: list[str]) -> bool:
    named = any(_PASSWORD.fullmatch(word) for word in words if word != "PASS")
    short = words[-1] == "PASS" or ("PASS" in words[1:] and not {"THROUGH", "RATE", "FILTER"} & set(words))
    return named or short or words[-2:] == ["REDIS", "AUTH"]


def _secret(words: list[str]) -> bool:
    kinds = any(word in ("KEY", "KEYS") and before in _KIND_OF_KEY for before, word in pairwise(words))
    return kinds or any(_KEY.fullmatch(word) for word in words)
