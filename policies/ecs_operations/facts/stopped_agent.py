"""What user data does to the ECS agent after it has told it its cluster."""

from __future__ import annotations

import re

_UNIT = r"(amazon-)?(?P<unit>ecs|docker)(\.service|-agent|-init)?"
_WORDS = r"(-\S+\s+|\S+\s+(?!\d))*?"
_OTHER = _UNIT.replace("?P<unit>", "?:")
_STOPPED = re.compile(
    rf"\bsystemctl\s+(-\S+\s+)*(?P<verb>stop|disable|mask|kill)\s+{_WORDS}{_UNIT}\b"
    rf"|\bservice\s+{_OTHER}\s+stop\b|\b(initctl\s+)?stop\s+ecs\b|\bchkconfig\s+{_OTHER}\s+off\b"
    rf"|\bdocker\s+(container\s+)?(stop|kill|rm|pause)\s+{_WORDS}ecs-agent\b"
    rf"|\b(yum|dnf|microdnf|rpm)\s+{_WORDS}(remove|erase|-e)\s+{_WORDS}(ecs-init|docker)\b"
)
_STARTS = "start|restart|reload-or-restart|try-restart|enable|unmask|reenable"
_STARTED = re.compile(
    rf"\bsystemctl\s+(-\S+\s+)*(?P<verb>{_STARTS})\s+{_WORDS}{_UNIT}\b"
    rf"|\bservice\s+{_OTHER}\s+(re)?start\b|\b(initctl\s+)?(re)?start\s+ecs\b|\bchkconfig\s+{_OTHER}\s+on\b"
    r"|\bdocker\s+(container\s+)?(start|restart|unpause|run)\b.*ecs-agent"
)
_EMPTIED = re.compile(
    r"(^|[;&]\s*)(:|true|echo(\s+-n)?|cat\s+/dev/null)?\s*>\s*/etc/ecs/ecs\.config\s*$|truncate\s.*ecs\.config"
    r"|\brm\s+(-\S+\s+)*(/etc/ecs(/ecs\.config|/\*|/)?(?=\s|$)|/usr/libexec/amazon-ecs-init)"
)
_OFF = re.compile(r"(^|[;&]\s*)(sudo\s+)?(shutdown|poweroff|halt)\b(?!.*\s-r\b)")
_UNDONE_BY = {"mask": ("unmask",), "disable": ("enable", "reenable", "start", "restart")}


def stopped_by(text: str) -> str:
    """Return the command after which the agent does not run, or has no configuration; empty if there is none.

    A script may stop it to write its configuration, and start it again.
    """
    stopped: dict[tuple[str, str], str] = {}
    for line in text.replace("\\n", "\n").splitlines():
        command = re.sub(r"[\[\],\"']+", " ", line).strip()
        if command.startswith("#"):
            continue
        if started := _STARTED.search(command):
            stopped = {what: one for what, one in stopped.items() if not _starts(started, *what)}
        if found := _STOPPED.search(command):
            stopped[found["verb"] or "stop", found["unit"] or "ecs"] = found[0].strip()
        elif found := _EMPTIED.search(command) or _OFF.search(command):
            stopped["file", ""] = found[0].strip(" ;&")
        elif "/etc/ecs/ecs.config" in command and ">" in command:
            stopped.pop(("file", ""), None)
    return next(iter(stopped.values()), "")


def _starts(command: re.Match[str], verb: str, unit: str) -> bool:
    given = command["verb"] or "start"
    return (command["unit"] or "ecs") == unit and given in _UNDONE_BY.get(verb, (given,))
