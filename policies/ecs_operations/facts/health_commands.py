"""Health checks of containers that say `healthy` of anything."""

from __future__ import annotations

import re
from typing import Any

_ALWAYS = re.compile(
    r"((exit|return)(\s+(0+|\$\(\(\s*0\s*(\)\))?))?|true|:|!\s*(/bin/)?false|let\s+[1-9]\d*|kill\s+-0\s+1|/bin/true|/usr/bin/true|pwd|date|whoami|hostname|id|env|ls|uptime"
    r"|(echo|printf|sleep|uname|ps)\b[^|]*|ps\b[^|]*\|\s*grep\s.*"
    r"|(cat|ls|stat)(\s+-\S+)*(\s+/((etc|proc|dev|bin|sys|usr)(/\S*)?)?)?"
    r"|(test|\[\[?)\s+(?P<same>\S+)\s+(=|==|-eq)\s+(?P=same)(\s+\]\]?)?"
    r"|(test|\[\[?)\s+(-n\s+)?[\w.]+(\s+\]\]?)?"
    r"|(test|\[\[?)\s+-[defrsxL]\s+/((etc|proc|dev|bin|sbin|sys|usr|lib)(/\S*)?)?(\s+\]\]?)?"
    r"|(test|\[\[?)\s+\d+\s+-(lt|le|gt|ge|ne)\s+\d+(\s+\]\]?)?)"
)
"""Commands that end with 0 in any container that still starts processes."""
_SHELLS = ("sh", "bash", "ash", "/bin/sh", "/bin/bash", "/bin/ash", "/usr/bin/bash")
_CURL = re.compile(r"(/usr/bin/)?curl\b(?!.*(\s-[a-zA-Z]*f|\s--fail))[^|]*")
"""Without --fail curl ends with 0 when the answer is an error (source: curl manual)."""


_FAILS = re.compile(r"\bexit\s+([1-9]|\$(?!\(\(\s*0\s*\)\)))")
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


_ENDS = re.compile(r"[;\n]|(?<![&>])&(?![&>])")
"""What ends a statement; what runs in the background has no status."""
_CONDITION = re.compile(r"\s*(if|elif|while|until)\b|\s*(fi|done|\})\s*$")
"""Statements whose status is not that of the script."""
_WORDS = re.compile(r"\s*(then|else|do|\{)\s+")
_COMMENT = re.compile(r"(^|\s)#[^'\"\n]*")
_CALLERS = re.compile(r"(eval|command|exec|env|nohup|nice|sudo|timeout\s+(-\S+\s+)*\S+)\s+(?=\S)")
"""Commands whose status is that of the command after them."""
_NESTED = re.compile(r"(/(usr/)?bin/)?(ba|a|da)?sh\s+-[a-z]*c\s+(?P<quote>[\"']?)(?P<script>.*)(?P=quote)", re.DOTALL)
_PASSED_ON = re.compile(r".*\|\s*(cat|tee|wc|sort|uniq|head|tail|sed|awk|tr|cut|true|:)\b[^|]*", re.DOTALL)
"""Without pipefail a pipe has the status of its last command, and these do not look at what they read."""


def _script_accepts(script: str) -> bool:
    """Whether the last statement succeeds, and all that may leave before."""
    if nested := _NESTED.fullmatch(script.strip()):
        return _script_accepts(nested["script"])
    text = _COMMENT.sub("", script).strip()
    given = [*_ENDS.split(text), "true"] if text.endswith("&") else _ENDS.split(text)
    parts = [_WORDS.sub("", part) for part in given if part.strip() and not _CONDITION.match(part)]
    statements = parts or [""]
    leaving = statements if re.search(r"\bset -[a-z]*e", text) else [one for one in statements if _FAILS.search(one)]
    return all(_succeeds(statement, piped="pipefail" not in text) for statement in (*leaving, statements[-1]))


def _succeeds(statement: str, *, piped: bool) -> bool:
    """Whether one of `a || b` always does, and of `a && b` all."""
    return any(all(_always(part, piped=piped) for part in one.split("&&")) for one in statement.split("||"))


def _always(command: str, *, piped: bool = False) -> bool:
    text = _REDIRECTIONS.sub("", command).strip().strip("()").strip()
    if called := _CALLERS.match(text):
        return _always(text[called.end() :], piped=piped)
    if nested := _NESTED.fullmatch(text):
        return _script_accepts(nested["script"])
    passed = piped and _PASSED_ON.fullmatch(text)
    return not text or bool(passed or _ALWAYS.fullmatch(text) or _CURL.fullmatch(text))
