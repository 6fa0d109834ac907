"""Tells whether a variable, a command or a script holds a secret. Values go in; only names and yes or no come out.

The detectors that there are (detect-secrets, gitleaks) read lines of files, and take a value for secret by its shape or
by its name. Here both are known and judged together, and the pack keeps to pulumi-policy as its only dependency.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from math import log2

from ecs_operations.facts.encoded_texts import decoded, layers
from ecs_operations.facts.secret_names import Meaning, meaning_of

SHAPE = re.compile(
    r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"  # access key of AWS
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_\w{22,}|\bglpat-[\w-]{20}"
    r"|\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Z0-9-]{10,}|hooks\.slack\.com/services/T\w+/B\w+/\w+"
    r"|\b[rs]k_(live|test)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9+/=]{24,}"  # Stripe
    r"|\bAIza[\w-]{35}|\bGOCSPX-[\w-]{20,}|\bya29\.[\w-]{20,}"  # Google
    r"|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bnpm_[A-Za-z0-9]{36}|\bpypi-[\w-]{50,}|\bdckr_pat_[\w-]{20,}"
    r"|\bhvs\.[\w-]{24,}|\bhf_[A-Za-z]{30,}|\bdop_v1_[0-9a-f]{64}|\bsk-(ant-|proj-)?[\w-]{32,}"
    r"|\bSK[0-9a-f]{32}\b|\bkey-[0-9a-f]{32}\b"  # Twilio, Mailgun
    r"|[?&](sig|X-Amz-Signature)=[\w%+/=-]{8,}"  # a signed address
    r"|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"  # a signed JSON web token
)
"""What the issuers print into their keys, so that they are found (source: GitHub documentation, Supported secret
scanning patterns; RFC 7519)."""

_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^/\s:@\"']*:([^/\s@\"']+)@", re.IGNORECASE)
_REFERENCE = re.compile(
    r"(?!\$(\d|2[abxy]|y|apr1|argon2\w*|pbkdf2[\w-]*)\$)\$[\w{(@*#?!].*"
    r"|\{\{.*|<.*>?|%\(?\w+\)?[s%]?|`.*|\*+|x{3,}|\.{3}|@\w+@|!Ref .*|\[[A-Z]+\]|\.\*.*",
    re.IGNORECASE | re.DOTALL,
)
"""Stands for a value that comes later, or is a pattern; `$6$…` is the hash of a password."""
_EMPTY = (
    "", "none", "null", "nil", "undefined", "true", "false", "yes", "no", "on", "off", "0", "1", "enabled", "disabled",
)  # fmt: skip
_NUMBER = re.compile(
    r"[-+]?\d[\d_]*(\.\d+)?\s*(%|ns|us|ms|s|sec|secs|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?"
    r"|[kmgt]i?b?|bytes?|tokens?|req/s)?"
    r"|(\d+(h|m|s|ms))+|P(?=\d|T)(\d+[YMWD])*(T(\d+[HMS])+)?|\d+([.:/-]\d+)+",
    re.IGNORECASE,
)
"""A number, a duration, a size, a time, a version."""
_PLACE = re.compile(
    r"arn:[\w-]+:.*|[a-z][a-z0-9+.-]*:/?/.*|~?\.{0,2}/[\w./@:~-]*|[A-Za-z]:\\.*|(ssm|vault|file|env):.*", re.IGNORECASE
)
"""An ARN, an address, a path, the name of a parameter."""
_NAMED = re.compile(r"[a-z][a-z0-9._-]*(/[a-z0-9._-]+)+")
"""`prod/db/password`: what a store calls it."""
_WAYS = re.compile(
    r"(scram|sasl|sha|md5|cram|tls|ssl|oauth|saml|oidc|iam|aws|basic|x509|http|ldap|plain|krb|v?\d)[\w.-]*",
    re.IGNORECASE,
)
"""`scram-sha-256`: how somebody is recognised, not by what."""
_CALL = re.compile(r"[A-Za-z_][\w.]*\(.*")
_HEX = re.compile(r"(0x)?[0-9a-f]{32,}", re.IGNORECASE)
_BASE64 = re.compile(r"(base64:)?([A-Za-z0-9+/_-]{32,}={0,2})")
RANDOM_BITS = 4.3
"""Bits per character: random base64 of 32 characters has about 4.6, a hexadecimal hash at most 4, words about 3.5."""
LONGEST_WORD = 16
LEAST_DIGITS = 4
"""Digits that make a password; fewer are a number."""


def looks_secret(name: str, value: str) -> bool:
    """Return whether a variable of this name and value holds a secret."""
    text = value.strip().strip("\"'")
    if any(has_shape(layer) or any(True for _ in secrets_in(layer)) for layer in layers(text)):
        return True
    meaning = meaning_of(name)
    if meaning is Meaning.PLACE or _stands_for_another(text):
        return False
    if meaning is Meaning.PASSWORD:
        return _is_password(text)
    if meaning is Meaning.KEY:
        return not _NUMBER.fullmatch(text) and not _is_place(text)
    if meaning is Meaning.WAY:
        return re.search(r"[\d:-]", text) is not None and _is_password(text) and not _WAYS.fullmatch(text)
    return meaning is not Meaning.DIGEST and is_random(text)


def has_shape(text: str) -> bool:
    """Return whether a text holds the key of an issuer, or an address with a password."""
    passwords = (found[1] for found in _ADDRESS.finditer(text))
    return bool(SHAPE.search(text)) or any(not _stands_for_another(password) for password in passwords)


def is_random(text: str) -> bool:
    """Return whether a whole text is a key of random digits, hexadecimal or base64."""
    if _HEX.fullmatch(text):
        return len(set(text.lower())) > 6 and not text.isdigit()  # noqa: PLR2004  digits that random ones have
    found = _BASE64.fullmatch(text)
    if found is None or not all(re.search(part, found[2]) for part in ("[a-z]", "[A-Z]", "[0-9]")):
        return False
    if max(len(part) for part in re.split(r"[/_-]", found[2])) < LONGEST_WORD or decoded(found[2]) is not None:
        return False  # a path, words, or a text
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * log2(share) for share in shares) > RANDOM_BITS


def _stands_for_another(text: str) -> bool:
    return text.lower() in _EMPTY or bool(_REFERENCE.fullmatch(text) or _CALL.fullmatch(text))


def _is_password(text: str) -> bool:
    if _NUMBER.fullmatch(text):
        return text.isdigit() and len(text) >= LEAST_DIGITS
    return not _is_place(text)


def _is_place(text: str) -> bool:
    return bool(_PLACE.fullmatch(text) or _NAMED.fullmatch(text))


_NAME = r"(?P<name>[A-Za-z_][\w.-]*)"
_VALUE = r"""(?=(?P<value>"[^"\n]*"|'[^'\n]*'|[^\s;,&|"'=]+))"""
_ASSIGNED = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rf"(?<![\w$]){_NAME}[\"']?\s?=(?!=)\s?{_VALUE}",  # of a shell, a connection string, an option
        rf"""["']{_NAME}["']\s*:\s*{_VALUE}""",  # JSON
        rf"^\s*(?:- )?{_NAME}:[ \t]+{_VALUE}(?:[\"'].*[\"']|\S+)[ \t]*$",  # YAML
        rf"^\s*\$(?:env:)?{_NAME}\s*=\s*{_VALUE}",  # PowerShell
        rf"(?<!\S)--?{_NAME}[ \t]+(?!-){_VALUE}",  # an option and its value
        rf"(?i:\b(?P<name>X-[\w-]*(Key|Token|Secret)):\s*{_VALUE})",
    )
)
_TOLD = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(mysql\w*|mariadb\S*)\b[^;&|\n]*?\s-p{_VALUE}",
        rf"\b(login|sshpass|mongo\w*)\b[^;&|\n]*?\s-p\s*{_VALUE}",
        rf"\baws configure set [\w.]*(secret|token)\w*\s+{_VALUE}",
        rf"\bhtpasswd\b[^;&|\n]*?\s-\w*b\w*\s+(\S+\s+){{1,2}}{_VALUE}",
        rf"\bnet user \S+ (?!/){_VALUE}",
        rf"\b(useradd|usermod)\b[^;&|\n]*?\s(-p|--password)\s+{_VALUE}",
        rf"\bredis-cli\b[^;&|\n]*?\s-a\s+{_VALUE}",
        r"\b(curl|wget)\b[^;&|\n]*?\s(-u|--user)[ =]*[\"']?[^\s:\"']+:(?P<value>[^\s\"']+)",
        rf"(?i:\bAuthorization[\"']?\s*[:=]\s*[\"']?(Bearer|Basic|Token|ApiKey)\s+{_VALUE})",
        r"\becho\s+[\"']?\w+:(?P<value>[^\s\"'|]+)[\"']?\s*\|\s*(sudo )?chpasswd",
    )
)
"""Programs that take a password without its name (source: their manuals)."""
_ARN = re.compile(r"arn:[\w-]+:[^\s\"',]*")
_RESOLVED = re.compile(r"\{\{[^}]*\}\}")
COMMIT_DIGITS = 40


def secrets_in(text: str) -> Iterator[str]:
    """Yield what a command or a script calls the secrets that it holds."""
    if not re.search(r"[\s=:]", text):
        return
    plain = _ARN.sub("$ARN", _RESOLVED.sub("$RESOLVED", text.replace('\\"', '"')))
    for found in (found for pattern in _ASSIGNED for found in pattern.finditer(plain)):
        meaning, value = meaning_of(found["name"]), found["value"].strip("\"'")
        named = meaning in (Meaning.PASSWORD, Meaning.KEY) and not value[:1].isspace()  # else the quote closes another
        if named and looks_secret(found["name"], value):
            yield found["name"]
    for found in (found for pattern in _TOLD for found in pattern.finditer(plain)):
        if not _stands_for_another(found["value"].strip("\"'")):
            yield "a password"


def in_script(text: str) -> str | None:
    """Return what a script calls the first secret that it holds; None without one."""
    for layer in layers(text):
        if has_shape(layer):
            return "a key"
        if named := next(secrets_in(layer), None):
            return named
    return None


def in_command(words: Sequence[str]) -> str | None:
    """Return what a command line calls the first secret that it holds; None without one."""
    if found := in_script(" ".join(words)):
        return found
    for before, word in zip(("", *words), words, strict=False):
        name, _, value = word.rpartition("=")
        known = meaning_of(name or (before if before.startswith("-") else "")) in (Meaning.DIGEST, Meaning.PLACE)
        if is_random(value) and len(value) != COMMIT_DIGITS and not known:
            return "a key"
    return None
