"""Permissions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.breadth import is_nameless, narrows
from ecs_operations.facts.globs import covers
from ecs_operations.facts.permissions import documents_of, managed_policies
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.statements import Statement

PASS_ROLE = "iam:passrole"  # noqa: S105  the name of an action


ADMINISTRATORS = (
    "AdministratorAccess*", "PowerUserAccess", "SystemAdministrator", "*FullAccess", "*_FullAccess_v?",
    "SecretsManagerReadWrite", "AWSSecretsManager*Access", "AmazonSSMReadOnlyAccess", "AmazonEC2RoleforSSM",
)  # fmt: skip
"""Policies of AWS that allow everything of a service, or read every secret or parameter (source: AWS managed policy
reference)."""


UNSCOPED_ACTIONS = [
    "ecr:GetAuthorizationToken",
    "ecs:DiscoverPollEndpoint", "ecs:ListClusters", "ecs:CreateCluster",
    "ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions",
    "ecs:RegisterTaskDefinition", "ecs:DeregisterTaskDefinition",
    "ssmmessages:*", "ssm:UpdateInstanceInformation", "ec2messages:*",
    "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
    "xray:PutTraceSegments", "xray:PutTelemetryRecords",
    "xray:GetSamplingRules", "xray:GetSamplingStatisticSummaries", "xray:GetSamplingTargets",
    "cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics",
    "autoscaling:Describe*", "ec2:Describe*", "elasticloadbalancing:Describe*", "application-autoscaling:Describe*",
    "servicediscovery:DiscoverInstances", "servicequotas:GetServiceQuota", "tag:GetResources",
]  # fmt: skip
"""Actions that name no resource (source: Service Authorization Reference, empty column "Resource types")."""


SCOPING_CONDITIONS = [
    "ecs:cluster", "ecs:container-instances", "ecs:task", "ecs:service", "cloudwatch:namespace", "ec2:launchtemplate",
    "*:resourcetag/*", "*:requesttag/*", "*:createaction", "ec2:owner", "ec2:instanceprofile", "ec2:vpc", "ec2:subnet",
    "kms:viaservice", "kms:encryptioncontext:*", "kms:resourcealiases", "iam:awsservicename", "iam:permissionsboundary",
    "iam:policyarn", "servicediscovery:namespacearn", "aws:sourcearn", "aws:calledvia",
]  # fmt: skip
"""Condition keys that say which resources are meant where the resource names none."""


MADE_WITH_AN_INSTANCE = ("volume", "network-interface", "spot-instances-request")
"""What RunInstances makes besides the instance: none has a name before (Service Authorization Reference, EC2)."""


READING = ("describe", "list", "batchdescribe", "lookup", "search")
"""First words of actions that show what there is, and no content."""


CHANGING = (
    "accept", "add", "associate", "attach", "authorize", "cancel", "complete", "copy", "create", "delete", "deregister",
    "detach", "disable", "disassociate", "enable", "execute", "import", "invoke", "modify", "pass", "publish", "purge",
    "put", "reboot", "register", "remove", "replace", "reset", "restore", "revoke", "run", "schedule", "send", "set",
    "start", "stop", "submit", "tag", "terminate", "untag", "update", "upload",
)  # fmt: skip
"""First words of actions that change something; alone they name no action."""


@Rule(
    id="iam-no-wildcards",
    summary="A permission names its actions and its resources.",
    fix="List the actions, name the ARNs, or add a condition that says which resources are meant.",
    severity=Severity.HIGH,
    source="IAM user guide, Security best practices: apply least-privilege permissions",
    anchors=("Security Hub IAM.1", "Security Hub IAM.21", "cdk-nag AwsSolutions-IAM5", "checkov CKV_355"),
    types=(
        tokens.ROLE_POLICY, tokens.MANAGED_POLICY, tokens.ROLE, tokens.USER_POLICY, tokens.IAM_GROUP_POLICY,
    ),
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
            description="Condition keys that narrow a resource without a name; iam:PassRole is narrowed by none.",
        ),
    ),
    guards=("policy", "inlinePolicies"),
)  # fmt: skip
def iam_no_wildcards(policy: Resource, config: Config) -> Results:
    """A controller that may do anything to any group also drains other clusters, and passes any role on.

    A wildcard in place of all names (`role/*`), or a condition that every call meets, is as broad as `*`.
    """
    for document in documents_of(policy):
        for statement in document:
            if not statement.denies:
                yield from _broad_actions(statement, config)
                yield from _broad_resources(statement, config)


def _broad_actions(statement: Statement, config: Config) -> Results:
    allowed = {action.lower() for action in config["unscopedActions"]}
    for action in statement.actions:
        if action not in allowed and _is_broad(action):
            yield f"allows the action {action}"


def _is_broad(action: str) -> bool:
    """Return whether a pattern of actions is a service, a half word, or no more than a verb that changes something."""
    service, _, name = action.partition(":")
    start = re.split(r"[*?]", name, maxsplit=1)[0]
    if any(char in service for char in "*?") or not name or (start != name and not start):
        return True
    return start != name and any(verb.startswith(start) for verb in CHANGING)


def _broad_resources(statement: Statement, config: Config) -> Results:
    nameless = [pattern for pattern in statement.resources if is_nameless(pattern)]
    narrowed = any(
        narrows(condition) and covers(key, condition.key)
        for key in config["scopingConditions"]
        for condition in statement.conditions
    )
    for action in statement.actions if nameless else ():
        if action == "*" or action.endswith(":*"):
            continue
        if covers(action, PASS_ROLE):
            yield f"allows {action} of every role"
        elif not narrowed and not _may_be_unscoped(action, nameless, config):
            yield f"allows {action} on every resource" + ("" if "*" in nameless else f" of {', '.join(nameless)}")


def _may_be_unscoped(action: str, nameless: list[str], config: Config) -> bool:
    if any(covers(known.lower(), action) for known in config["unscopedActions"]):
        return True
    if "*" in nameless:
        return False
    if action == "ec2:runinstances":
        return all(pattern.rpartition(":")[2].split("/")[0] in MADE_WITH_AN_INSTANCE for pattern in nameless)
    return action.partition(":")[2].startswith(READING) and not action.startswith("s3:")


MANAGED_BY: Mapping[str, str] = {
    tokens.ROLE_POLICY_ATTACHMENT: "policyArn",
    tokens.USER_POLICY_ATTACHMENT: "policyArn",
    tokens.IAM_GROUP_POLICY_ATTACHMENT: "policyArn",
    tokens.POLICY_ATTACHMENT: "policyArn",
    tokens.EXCLUSIVE_ATTACHMENTS: "policyArns",
    tokens.ROLE: "managedPolicyArns",
}
"""Every way to attach a managed policy: type → the property that names it."""


@Rule(
    id="iam-no-managed-admin",
    summary="Nobody has a managed policy of an administrator, or one that reads every secret.",
    fix="Write a policy of the few actions that are needed.",
    severity=Severity.HIGH,
    source="IAM user guide, Security best practices: apply least-privilege permissions",
    anchors=("checkov CKV_274", "cdk-nag AwsSolutions-IAM4"),
    types=tuple(MANAGED_BY),
    unknown=WhenUnknown.PRESENT,
    guards=("policyArn", "policyArns", "managedPolicyArns"),
)
def iam_no_managed_admin(holder: Resource, _config: Config) -> Results:
    """Policies of AWS that end in FullAccess grow with each new feature; no review decided what is in them.

    Those that read all secrets or parameters read those of every other service, too.
    The old PolicyAttachment also takes the policy away from everybody else who has it.
    """
    for name in managed_policies(holder, MANAGED_BY[holder.type]):
        if any(covers(pattern, name) for pattern in ADMINISTRATORS):
            yield f"has the managed policy {name}"
