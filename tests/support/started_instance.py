"""What an instance finds on its disk after its user data ran."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import Any, Self

AGENT_FILE = "/etc/ecs/ecs.config"
MONITORING_FILE = "/opt/aws/amazon-cloudwatch-agent/etc/platform.json"


@dataclass(frozen=True)
class StartedInstance:
    """An instance that was started with a user-data script."""

    script: str

    @classmethod
    def of(cls, user_data: str) -> Self:
        """From the user data of a launch template, which is base64."""
        return cls(base64.b64decode(user_data, validate=True).decode())

    @property
    def files(self) -> dict[str, str]:
        """Path → text of every file that the script writes."""
        return dict(re.findall(r"^cat > (\S+) <<'END'\n(.*?)^END$", self.script, re.DOTALL | re.MULTILINE))

    @property
    def agent(self) -> dict[str, str]:
        """Variables of the ECS agent."""
        return dict(line.split("=", 1) for line in self.files[AGENT_FILE].splitlines())

    @property
    def monitoring(self) -> dict[str, Any]:
        """Configuration of the CloudWatch agent."""
        return json.loads(self.files[MONITORING_FILE])

    @property
    def log_files(self) -> list[dict[str, str]]:
        """The files that the CloudWatch agent sends."""
        return self.monitoring["logs"]["logs_collected"]["files"]["collect_list"]
