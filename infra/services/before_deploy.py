"""The job that runs before a service's deployments."""

from __future__ import annotations

import pulumi

from ..contract import Platform
from .job import Job, checked_job
from .job_run import JobRun, JobRunArgs
from .security_group import ServiceSecurityGroup
from .service_name import name_problem


def before_name(service: str) -> str:
    """What the job of a service is called."""
    return f"{service}-before"


def before_name_problem(service: str, job: Job) -> str | None:
    """What its name forbids: roles are named after it, and containers beside it."""
    name = before_name(service)
    if name_problem(name):
        return f"before_deploy: the job is called {name}, which is longer than 40; take a shorter name of the service"
    problem = job.content.names_problem(name)
    return f"before_deploy: {problem}" if problem else None


def run_before(
    service: str, job: Job | None, platform: Platform, group: ServiceSecurityGroup, opts: pulumi.ResourceOptions
) -> list[pulumi.Resource]:
    """What a deployment of the service waits for."""
    if job is None:
        return []
    name = before_name(service)
    run = JobRun(
        name,
        JobRunArgs(
            platform=platform,
            job_name=name,
            job=job,
            security_group_ids=[group.security_group.id],
            checked=checked_job(name, job, platform),
            depends_on=group.egress,
        ),
        opts,
    )
    return [run.done]
