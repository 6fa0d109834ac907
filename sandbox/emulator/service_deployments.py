"""Service deployments as ECS keeps them apart from a service: what they went to, how they ended and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import world


@dataclass
class ServiceDeployment:
    """One service deployment; a rollback is a part of it."""

    id: str
    """That of the deployment that it began with, without `ecs-svc/`."""
    service: Any
    task_definition: str
    before: str | None
    """The task definition to which it would roll back."""
    created_at: datetime
    status: str = "IN_PROGRESS"
    reason: str | None = None
    finished_at: datetime | None = None

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"{self.service.arn.replace(':service/', ':service-deployment/')}/{self.id}"

    @property
    def revision_arn(self) -> str:
        """The service revision that it goes to; its last part is the id of the deployment."""
        return f"{self.service.arn.replace(':service/', ':service-revision/')}/{self.id}"

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.finished_at is None

    def end(self, status: str, reason: str | None = None) -> None:
        """Note how it ended; the reason of a rollback stays that of its beginning."""
        self.status, self.reason = status, self.reason or reason
        self.finished_at = world.current().when()


def held(service: Any) -> list[ServiceDeployment]:
    """Give those of a service, newest first."""
    return vars(service).setdefault("service_deployments", [])


def begin(service: Any, deployment: dict[str, Any]) -> None:
    """Note a new one; what is open gives way to it."""
    done = next((each for each in held(service) if each.status == "SUCCESSFUL"), None)
    for each in held(service):
        if each.is_open:
            each.end("STOPPED", "Service deployment stopped because a newer service deployment was started.")
    made = ServiceDeployment(
        id=deployment["id"].removeprefix("ecs-svc/"),
        service=service,
        task_definition=service.task_definition,
        before=done.task_definition if done else None,
        created_at=world.current().when(),
    )
    held(service).insert(0, made)


def complete(service: Any) -> None:
    """End the open one: its tasks run, or after a rollback those of before."""
    for each in held(service):
        if each.is_open:
            each.end("SUCCESSFUL" if each.status == "IN_PROGRESS" else "ROLLBACK_SUCCESSFUL")
