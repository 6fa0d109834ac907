"""Permissions."""

from __future__ import annotations

from typing import Any

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.permissions import Statement, covers, documents_of, statements
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import Unknown

PASS_ROLE = "iam:passrole"  # noqa: S105  the name of an action


ADMINISTRATORS = ("AdministratorAccess", "PowerUserAccess")


UNSCOPED_ACTIONS = [
    "ecr:GetAuthorizationToken",
    "ecs:DiscoverPollEndpoint", "ecs:ListClusters", "ecs:CreateCluster",
    "ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions",
    "ecs:RegisterTaskDefinition", "ecs:DeregisterTaskDefinition",
    "ssmmessages:*", "ssm:UpdateInstanceInformation", "ec2messages:*",
    "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
    "xray:PutTraceSegments", "xray:PutTelemetryRecords",
    "cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics",
    "autoscaling:Describe*", "ec2:Describe*", "elasticloadbalancing:Describe*", "application-autoscaling:Describe*",
    "servicediscovery:DiscoverInstances", "tag:GetResources",
]  # fmt: skip
"""Actions that name no resource (source: Service Authorization Reference, empty column "Resource types")."""


SCOPING_CONDITIONS = [
    "ecs:cluster", "ecs:container-instances", "ecs:task", "cloudwatch:namespace", "ec2:launchtemplate",
    "aws:resourcetag/*", "aws:requesttag/*", "autoscaling:resourcetag/*", "ec2:resourcetag/*", "ecs:resourcetag/*",
]  # fmt: skip
"""Condition keys that say which resources are meant where the resource is `*`."""


@Rule(
    id="iam-no-wildcards",
    summary="A permission names its actions and its resources.",
    fix="List the actions, name the ARNs, or add a condition that says which resources are meant.",
    severity=Severity.HIGH,
    source="IAM user guide, Security best practices: apply least-privilege permissions",
    anchors=("Security Hub IAM.1", "Security Hub IAM.21", "cdk-nag AwsSolutions-IAM5", "checkov CKV_355"),
    types=(tokens.ROLE_POLICY, tokens.MANAGED_POLICY, tokens.ROLE),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="unscopedActions",
            default=UNSCOPED_ACTIONS,
            description="Actions that may have the resource `*`: those of AWS that work on no other.",
        ),
        Setting(
            name="scopingConditions",
            default=SCOPING_CONDITIONS,
            description="Condition keys that narrow the resource `*`; iam:PassRole is narrowed by none.",
        ),
    ),
    guards=("policy", "inlinePolicies"),
)  # fmt: skip
def iam_no_wildcards(policy: Resource, config: Config) -> Results:
    """A controller that may do anything to any group also drains other clusters, and passes any role on."""
    for document in documents_of(policy):
        for statement in statements(document):
            yield from _broad_actions(statement, config)
            yield from _broad_resources(statement, config)


def _broad_actions(statement: Statement, config: Config) -> Results:
    allowed = {action.lower() for action in config["unscopedActions"]}
    for action in statement.actions:
        if action not in allowed and (action == "*" or action.endswith(":*")):
            yield f"allows the action {action}"


def _broad_resources(statement: Statement, config: Config) -> Results:
    if "*" not in statement.resources:
        return
    narrowed = any(covers(key, given) for key in config["scopingConditions"] for given in statement.conditions)
    for action in statement.actions:
        if action == "*" or action.endswith(":*"):
            continue
        if covers(action, PASS_ROLE):
            yield f"allows {action} of every role"
        elif not narrowed and not any(covers(known.lower(), action) for known in config["unscopedActions"]):
            yield f"allows {action} on every resource"


@Rule(
    id="iam-no-managed-admin",
    summary="No role has a managed policy of an administrator.",
    fix="Write a policy of the few actions that are needed.",
    severity=Severity.HIGH,
    source="IAM user guide, Security best practices: apply least-privilege permissions",
    anchors=("checkov CKV_274", "cdk-nag AwsSolutions-IAM4"),
    types=(tokens.ROLE_POLICY_ATTACHMENT, tokens.ROLE),
    unknown=WhenUnknown.PRESENT,
    guards=("policyArn", "managedPolicyArns"),
)
def iam_no_managed_admin(holder: Resource, _config: Config) -> Results:
    """Policies of AWS that end in FullAccess grow with each new feature; no review decided what is in them."""
    given = [holder.peek("policyArn")] if holder.type == tokens.ROLE_POLICY_ATTACHMENT else _managed(holder)
    for arn in given:
        name = "" if isinstance(arn, Unknown) or arn is None else str(arn).rpartition("/")[2]
        if name in ADMINISTRATORS or name.endswith("FullAccess"):
            yield f"has the managed policy {name}"


def _managed(role: Resource) -> list[Any]:
    return [] if role.is_unknown("managedPolicyArns") else role.get("managedPolicyArns", default=[])
