"""Health checks of containers that say `healthy` of anything."""

from __future__ import annotations

import re
from typing import Any

_ALWAYS = re.compile(
    r"(exit(\s+0)?|true|:|/bin/true|/usr/bin/true|pwd|date|whoami|hostname|id|env|ls|uptime"
    r"|(echo|printf|sleep|uname|ps)\b[^|]*|ps\b[^|]*\|\s*grep\s.*"
    r"|(cat|ls|stat)(\s+-\S+)*(\s+/((etc|proc|dev|bin|sys|usr)(/\S*)?)?)?"
    r"|(test|\[)\s+(?P<same>\S+)\s+(=|==|-eq)\s+(?P=same)(\s+\])?)"
)
"""Commands that end with 0 in any container that still starts processes."""
_SHELLS = ("sh", "bash", "ash", "/bin/sh", "/bin/bash", "/bin/ash", "/usr/bin/bash")
_CURL = re.compile(r"(/usr/bin/)?curl\b(?!.*(\s-[a-zA-Z]*f|\s--fail))[^|]*")
"""Without --fail curl ends with 0 when the answer is an error (source: curl manual)."""


_FAILS = re.compile(r"\bexit\s+([1-9]|\$)")
_REDIRECTIONS = re.compile(r"\s*(\d?>{1,2}\s*(/dev/null|&\d)|&>\s*/dev/null)")


def accepts_everything(command: Any) -> bool:
    """Return whether a health command ends with 0 whatever the application does. `command` is as ECS takes it."""
    words = [str(word) for word in command] if isinstance(command, list) else [str(command)]
    if not words or words[0] == "NONE":
        return True
    given = words[1:] if words[0] in ("CMD", "CMD-SHELL") else words
    if words[0] != "CMD":
        return _script_accepts(" ".join(given))
    in_shell = given[0:1] and given[0] in _SHELLS and [word for word in given[1:-1] if re.fullmatch("-[a-z]*c", word)]
    return _script_accepts(given[-1]) if in_shell else _always(" ".join(given))


def _script_accepts(script: str) -> bool:
    """Whether the last statement succeeds, and all that may leave before."""
    statements = [part for part in re.split(r"[;\n]", script) if part.strip()] or [""]
    leaving = statements if re.search(r"\bset -[a-z]*e", script) else [one for one in statements if _FAILS.search(one)]
    return all(_succeeds(statement) for statement in (*leaving, statements[-1]))


def _succeeds(statement: str) -> bool:
    """Whether one of `a || b` always does, and of `a && b` all."""
    return any(all(_always(part) for part in one.split("&&")) for one in statement.split("||"))


def _always(command: str) -> bool:
    text = _REDIRECTIONS.sub("", command).strip().strip("()").strip()
    return not text or bool(_ALWAYS.fullmatch(text) or _CURL.fullmatch(text))
