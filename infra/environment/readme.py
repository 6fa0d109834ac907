"""The stack's README, which Pulumi Cloud shows on the stack's page: where to look, with links."""

from __future__ import annotations

from dataclasses import dataclass

from ..common.alarms import RUNBOOKS
from ..common.names import Names


@dataclass(frozen=True, kw_only=True)
class Links:
    """Addresses of the AWS console and of the runbooks."""

    names: Names
    region: str
    runbook_url: str | None

    def _console(self, service: str, place: str) -> str:
        return f"https://{self.region}.console.aws.amazon.com/{service}?region={self.region}{place}"

    @property
    def dashboard(self) -> str:
        """The environment's dashboard in CloudWatch."""
        return self._console("cloudwatch/home", f"#dashboards/dashboard/{self.names.cluster}")

    @property
    def alarms(self) -> str:
        """The alarms whose names hold the cluster's: those of services are in their own stacks."""
        return self._console("cloudwatch/home", f"#alarmsV2:?~(search~'{self.names.cluster})")

    @property
    def logs(self) -> str:
        """The queries that are saved in Logs Insights."""
        return self._console("cloudwatch/home", "#logsV2:logs-insights")

    @property
    def services(self) -> str:
        """The services of the cluster."""
        return self._console(f"ecs/v2/clusters/{self.names.cluster}/services", "")

    @property
    def switch(self) -> str:
        """The parameter that pauses the controllers."""
        return self._console(f"systems-manager/parameters{self.names.kill_switch}/description", "")

    @property
    def runbooks(self) -> str:
        """The page with the runbooks, or what it is called."""
        return self.runbook_url or f"{RUNBOOKS} in the repository of the platform (set alarms.runbookUrl for links)"

    def in_one_line(self) -> str:
        """For the top of a dashboard, in Markdown."""
        runbooks = f" · [runbooks]({self.runbook_url})" if self.runbook_url else ""
        return (
            f"**{self.names.cluster}** · [services]({self.services}) · [alarms]({self.alarms}) · "
            f"[logs]({self.logs}) · [pause]({self.switch}){runbooks}"
        )


def readme(links: Links) -> str:
    """The page, in Markdown."""
    return f"""# {links.names.cluster}

- [Dashboard]({links.dashboard}) and [alarms]({links.alarms})
- [Services]({links.services}), [saved queries of the logs]({links.logs})
- [The switch that pauses the controllers]({links.switch})
- Runbooks: {links.runbooks}
"""
