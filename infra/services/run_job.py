"""A function of Lambda that runs a job to its end. The library packs this file, and calls nothing of it.

It needs nothing but what the runtime has.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

POLL_S, RETRY_S = 5, 10
"""Seconds between two looks at a task, and between two attempts to start one."""

LEFT_S: Final = 15
"""Seconds before its own end in which the function waits no more, and says what it knows."""

NEW_ROLE_S: Final = 60
"""Seconds for which a refusal may be that of a role whose policy has not spread yet."""


class JobError(Exception):
    """The job failed, did not start or has not ended; the text is what somebody reads in `up`."""


@dataclass(frozen=True, kw_only=True)
class Runner:
    """How a job is called, and how much time there is."""

    ecs: Any
    name: str
    """Also that of its container."""
    family: str
    log_group: str
    left_s: Callable[[], float]
    """Seconds until the function is ended."""
    sleep: Callable[[float], None] = time.sleep
    """By default that of the clock; tests give another one."""

    def run(self, request: Mapping[str, Any]) -> str:
        """Make a request of RunTask, and wait for the end of the task. Raises JobError unless it ends with 0.

        What still runs is waited for first, and not run twice: a call that was cut off comes again.
        """
        cluster = request["cluster"]
        listed = self._asked(self.ecs.list_tasks, cluster=cluster, family=self.family)
        for arn in listed["taskArns"]:
            task = self._ended(cluster, arn)
            if task["taskDefinitionArn"] == request["taskDefinition"]:
                return self._outcome(task)
        return self._outcome(self._ended(cluster, self._started(request)))

    def _started(self, request: Mapping[str, Any]) -> str:
        while True:
            answer = self._asked(self.ecs.run_task, **request)
            if answer["tasks"]:
                return str(answer["tasks"][0]["taskArn"])
            if self.left_s() < LEFT_S + RETRY_S:
                reasons = ", ".join(sorted({one["reason"] for one in answer["failures"]}))
                raise JobError(f"{self.name} was not started, no instance takes it: {reasons}")
            self.sleep(RETRY_S)

    def _asked(self, call: Callable[..., Any], **given: Any) -> Any:
        """What a call answers; a refusal that may be that of a new role is given a minute."""
        began = self.left_s()
        while True:
            try:
                return call(**given)
            except self.ecs.exceptions.ClientError as error:
                if not _is_of_a_new_role(error) or began - self.left_s() > NEW_ROLE_S:
                    raise JobError(f"{self.name} could not be started: {error}") from None
                self.sleep(RETRY_S)

    def _ended(self, cluster: str, arn: str) -> Mapping[str, Any]:
        while True:
            tasks = self._asked(self.ecs.describe_tasks, cluster=cluster, tasks=[arn])["tasks"]
            if tasks and tasks[0]["lastStatus"] == "STOPPED":  # a new one may be missing
                return tasks[0]
            if self.left_s() < LEFT_S + POLL_S:
                raise JobError(
                    f"{self.name} still runs, and nobody waits for so long; the next deployment waits for it. "
                    f"{self._logs(arn)}"
                )
            self.sleep(POLL_S)

    def _outcome(self, task: Mapping[str, Any]) -> str:
        main = next((one for one in task["containers"] if one["name"] == self.name), {})
        arn, code = task["taskArn"], main.get("exitCode")
        if code == 0:
            return str(arn)
        reasons = [main.get("reason"), task.get("stoppedReason")]
        because = "; ".join(dict.fromkeys(reason for reason in reasons if reason)) or "no reason given"
        how = "did not run" if code is None else f"ended with {code}"
        raise JobError(f"{self.name} {how}: {because}. {self._logs(arn)}")

    def _logs(self, arn: str) -> str:
        return f"Its logs: group {self.log_group}, stream {self.name}/{self.name}/{arn.rpartition('/')[2]}"


def _is_of_a_new_role(error: Any) -> bool:
    """The function's own policy, or ECS's right to act as the task's roles, has not spread yet (IAM user guide)."""
    return error.response["Error"]["Code"] == "AccessDeniedException" or "assume the role" in str(error)


def handle(event: Mapping[str, Any], context: Any) -> str:
    """Run the job that the function's settings name, by the request `run`."""
    import boto3  # noqa: PLC0415  only the runtime has it
    from botocore.config import Config  # noqa: PLC0415  likewise

    retries = Config(retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=3, read_timeout=20)
    settings = os.environ  # noqa: TID251  the function's own
    return Runner(
        ecs=boto3.client("ecs", config=retries),
        name=settings["JOB"],
        family=settings["FAMILY"],
        log_group=settings["LOG_GROUP"],
        left_s=lambda: context.get_remaining_time_in_millis() / 1000,
    ).run(event["run"])
