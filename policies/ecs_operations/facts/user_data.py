"""What the user data of an instance tells the ECS agent, in whichever form it is written."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode
from email import message_from_string
from functools import lru_cache

from ecs_operations.facts.resource import Resource

_VARIABLE = re.compile(r"(?<![\w{$])(ECS_[A-Z_]+)\s*[=:]\s*[\"']?([^\s\"'\\]*)")
_OTHER_AGENTS = (
    re.compile(r"settings\.ecs\b[^\[]*?\bcluster\s*=\s*[\"']([^\"']+)", re.DOTALL),  # Bottlerocket
    re.compile(r"Initialize-ECSAgent\b.*?-Cluster\s+[\"']?([^\s\"']+)", re.IGNORECASE),  # Windows
)
_GZIP = 31
"""Window bits with which zlib reads what gzip wrote."""


def user_data(host: Resource) -> str:
    """Return the script of a launch template, a launch configuration or an instance; empty if it has none.

    Raises UnknownInputError when it is not known.
    """
    return _decoded(str(host.get("userData", default="") or host.get("userDataBase64", default="")))


@lru_cache(maxsize=256)
def _decoded(text: str) -> str:
    """Plain text, base64, gzip and the parts of a MIME message end as one text; many rules ask for it."""
    try:
        data = b64decode("".join(text.split()), validate=True)
        text = (zlib.decompress(data, _GZIP) if data[:2] == b"\x1f\x8b" else data).decode()
    except (ValueError, zlib.error):
        pass
    if not re.match(r"\s*(MIME-Version|Content-Type):", text, re.IGNORECASE):
        return text
    parts = message_from_string(text.lstrip()).walk()
    bodies = [part.get_payload(decode=True) for part in parts if not part.is_multipart()]
    return "\n".join(body.decode(errors="replace") for body in bodies if isinstance(body, bytes))


def agent_variables(text: str) -> dict[str, str]:
    """Return the variables of the ECS agent; of one that is given twice, the agent takes the last."""
    kept = (line for line in text.replace("\\n", "\n").splitlines() if not line.lstrip().startswith("#"))
    return {name: value for line in kept for name, value in _VARIABLE.findall(line)}


def cluster_named(text: str) -> str | None:
    """Return the cluster that an instance joins, a shell variable as it stands there; None if none is named."""
    named = agent_variables(text).get("ECS_CLUSTER")
    return named or next((found[1] for agent in _OTHER_AGENTS if (found := agent.search(text))), None)


def runs_agent(text: str) -> bool:
    """Return whether it configures an ECS agent, of a named cluster or of the one that is the default."""
    return bool(agent_variables(text)) or cluster_named(text) is not None
