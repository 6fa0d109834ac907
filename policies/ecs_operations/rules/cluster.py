"""ECS clusters."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Level, Results, Rule, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import Unknown

INSIGHTS = ("enabled", "enhanced")


@Rule(
    id="cluster-container-insights",
    summary="A cluster has Container Insights.",
    fix='Add the setting containerInsights with the value "enabled" or "enhanced".',
    severity=Severity.LOW,
    source="Amazon CloudWatch user guide, Container Insights",
    anchors=("Security Hub ECS.12", "checkov CKV_65", "cdk-nag AwsSolutions-ECS4"),
    types=(tokens.CLUSTER,),
    level=Level.ADVISORY,
    unknown=WhenUnknown.PRESENT,
    guards=("settings",),
)
def cluster_container_insights(cluster: Resource, _config: Config) -> Results:
    """Memory of a task, restarts and the number of running tasks are measured by nothing else. It costs by metric."""
    if cluster.is_unknown("settings"):
        return
    found = [
        item.get("value") for item in cluster.get("settings", default=[]) if item.get("name") == "containerInsights"
    ]
    if not any(isinstance(value, Unknown) or value in INSIGHTS for value in found):
        yield "Container Insights is off"


@Rule(
    id="cluster-exec-audited",
    summary="Sessions of ECS Exec are logged.",
    fix='Set configuration.execute_command_configuration: logging "OVERRIDE" with a log group or a bucket.',
    severity=Severity.MEDIUM,
    source="Amazon ECS developer guide, Monitor Amazon ECS containers with ECS Exec",
    anchors=("checkov CKV_223", "checkov CKV_224"),
    types=(tokens.CLUSTER,),
    unknown=WhenUnknown.PRESENT,
    guards=("configuration",),
)
def cluster_exec_audited(cluster: Resource, _config: Config) -> Results:
    """After an incident nobody can tell who opened a shell in production, and what they did there."""
    path = ("configuration", "executeCommandConfiguration")
    if not cluster.has(*path) or cluster.is_unknown(*path, "logging"):
        return
    logging = cluster.get(*path, "logging", default="DEFAULT")
    if logging == "NONE":
        yield "does not log the sessions of ECS Exec (logging NONE)"
    elif logging == "OVERRIDE" and not cluster.has(*path, "logConfiguration"):
        yield "logs the sessions of ECS Exec nowhere (OVERRIDE without logConfiguration)"
