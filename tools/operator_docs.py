"""Writes docs/operator-schema.json and docs/operator-policies.json: what `ecs-platform` prints, and what it may do.

python tools/operator_docs.py [--check]
python tools/operator_docs.py ENVIRONMENT ACCOUNT REGION [ROLES]    prints the IAM documents of an environment

ROLES are the names of the roles of the services' tasks, such as `shop-*`: `run` may hand those on, by default none.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from infra.common.location import Location  # noqa: E402  the tool runs from anywhere
from infra.common.names import Names  # noqa: E402
from lambdas.cluster import tags  # noqa: E402
from operator_command.shown.views import VIEWS  # noqa: E402

SCHEMA: Final = ROOT / "docs" / "operator-schema.json"
POLICIES: Final = ROOT / "docs" / "operator-policies.json"

Statement = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Operator:
    """Who looks after one environment. The names are those of `Names`; tests give others."""

    cluster: str
    group_prefix: str
    switch: str
    """Name of the kill switch's SSM parameter."""
    dry_run: str
    """Name of the SSM parameter with the days in which moves of tasks are only told."""
    log_group_prefix: str
    """Beginning of the names of the services' log groups."""
    location: Location
    roles: str = ""
    """Names of the roles of the services' tasks, with `*`: those that `run` may hand on. Default: none."""

    @classmethod
    def of(cls, environment: str, location: Location, roles: str = "") -> Operator:
        """Of an environment of this program."""
        names = Names(environment)
        return cls(
            cluster=names.cluster,
            group_prefix=names.group_prefix,
            switch=names.kill_switch,
            dry_run=names.rebalancing_dry_run,
            log_group_prefix=names.log_group_prefix,
            location=location,
            roles=roles,
        )

    def policies(self) -> dict[str, dict[str, Any]]:
        """Name → document. Who acts needs the first two; the third is for whoever deploys."""
        parts = {"reads": self._reads(), "acts": self._acts(), "preflight": self._preflight()}
        return {
            f"{self.cluster}-operator-{part}": {"Version": "2012-10-17", "Statement": list(statements)}
            for part, statements in parts.items()
        }

    def _arns(self, service: str, *resources: str) -> list[str]:
        return [self.location.arn(service, resource) for resource in resources]

    def _of_cluster(self, *kinds: str) -> list[str]:
        return self._arns("ecs", *(f"{kind}/{self.cluster}/*" for kind in kinds))

    @property
    def _cluster(self) -> list[str]:
        return self._arns("ecs", f"cluster/{self.cluster}")

    def _reads(self) -> Sequence[Statement]:
        own_calls = {"ArnEquals": {"ecs:cluster": self._cluster[0]}}
        logs = (f"/aws/lambda/{self.cluster}-capacity", f"{self.log_group_prefix}*")
        return (
            # These have no resources that could be named, or AWS asks for all of them.
            _allow("Lists", [
                "application-autoscaling:DescribeScalableTargets",
                "autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeInstanceRefreshes",
                "autoscaling:DescribeLifecycleHooks", "autoscaling:DescribePolicies",
                "autoscaling:DescribeScalingActivities", "autoscaling:DescribeScheduledActions",
                # With less than every resource AWS answers, and leaves the composite alarms out (API, DescribeAlarms).
                "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics",
                "ec2:DescribeInstances", "ec2:DescribeLaunchTemplateVersions", "ec2:DescribeNatGateways",
                "ec2:DescribeVolumes", "ec2:DescribeVpcEndpoints",
                "ecs:DescribeTaskDefinition", "ecs:ListClusters",
                "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancers",
                "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTags",
                "elasticloadbalancing:DescribeTargetGroups", "scheduler:ListSchedules",
            ], ["*"]),
            _allow("OfCluster", ["ecs:ListServices", "ecs:ListTasks"], ["*"], own_calls),
            _allow("Cluster", ["ecs:DescribeClusters", "ecs:ListContainerInstances"], self._cluster),
            _allow("Inside", [
                "ecs:DescribeContainerInstances", "ecs:DescribeServices", "ecs:DescribeTasks", "ecs:GetTaskProtection",
                "ecs:DescribeServiceRevisions", "ecs:ListServiceDeployments",
            ], self._of_cluster("container-instance", "service", "task", "service-revision")),
            _allow("Providers", ["ecs:DescribeCapacityProviders"], self._arns("ecs", "capacity-provider/*")),
            _allow("Functions", ["lambda:GetFunctionConfiguration", "lambda:GetFunctionConcurrency"],
                   self._arns("lambda", f"function:{self.cluster}-*")),
            _allow("Logs", ["logs:FilterLogEvents"], [f"{self.location.log_group_arn(each)}:*" for each in logs]),
            _allow("Switch", ["ssm:GetParameter"],
                   self._arns("ssm", f"parameter{self.switch}", f"parameter{self.dry_run}")),
        )  # fmt: skip

    def _acts(self) -> Sequence[Statement]:
        group = self._arns("autoscaling", f"autoScalingGroup:*:autoScalingGroupName/{self.group_prefix}*")
        forgiven = {"ForAllValues:StringEquals": {"aws:TagKeys": [tags.FORGIVEN_REFRESH]}}
        return (
            _allow("Services", ["ecs:UpdateService"], self._of_cluster("service")),
            _allow("Deployments", ["ecs:StopServiceDeployment"], self._of_cluster("service-deployment")),
            _allow("Instances", ["ecs:UpdateContainerInstancesState"], self._of_cluster("container-instance")),
            _allow("Run", ["ecs:RunTask"], self._arns("ecs", "task-definition/*"),
                   {"ArnEquals": {"ecs:cluster": self._cluster[0]}}),
            *self._run_with_roles(),
            _allow("Exec", ["ecs:ExecuteCommand"], [*self._cluster, *self._of_cluster("task")]),
            _allow("Replace", ["autoscaling:TerminateInstanceInAutoScalingGroup"], group),
            _allow("RetryRollout", ["autoscaling:CreateOrUpdateTags"], group, forgiven),
            _allow("Pause", ["ssm:PutParameter"], self._arns("ssm", f"parameter{self.switch}")),
            _allow("TestAlarm", ["cloudwatch:SetAlarmState"], self._arns("cloudwatch", f"alarm:{self.cluster}-*")),
        )  # fmt: skip

    def _preflight(self) -> Sequence[Statement]:
        """Of an account in which nothing has to stand; the command needs no other document."""
        return (
            _allow("Account", [
                "ec2:DescribeAddresses", "ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstances",
                "ec2:DescribeNatGateways", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "ecs:ListAccountSettings",
                "lambda:GetAccountSettings", "logs:DescribeResourcePolicies", "route53:ListHostedZones",
                "servicequotas:GetServiceQuota", "sts:GetCallerIdentity",
            ], ["*"]),
            # The service-linked roles, and the caller's own: a session does not tell its role's path.
            _allow("Roles", ["iam:GetRole"], [self.location.iam_arn("role/*")]),
            _allow("Caller", ["iam:SimulatePrincipalPolicy"],
                   [self.location.iam_arn(f"{kind}/*") for kind in ("role", "user")]),
            _allow("Zone", ["route53:GetHostedZone", "route53:ListResourceRecordSets"],
                   [f"arn:{self.location.partition}:route53:::hostedzone/*"]),
        )  # fmt: skip

    def _run_with_roles(self) -> Sequence[Statement]:
        if not self.roles:
            return ()
        to_tasks = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
        return (_allow("RunWithRoles", ["iam:PassRole"], [self.location.iam_arn(f"role/{self.roles}")], to_tasks),)


def _allow(
    sid: str, actions: Sequence[str], resources: Sequence[str], condition: Mapping[str, Any] | None = None
) -> Statement:
    found = {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return found | ({"Condition": condition} if condition else {})


EXAMPLE: Final = Location(partition="aws", region="eu-central-1", account="123456789012")
"""The account and Region that docs/operator-policies.json is made for; its environment is prod."""


def schema() -> str:
    """A JSON schema for what each command prints, under the command's name."""
    found = {
        name: TypeAdapter(view).json_schema(mode="serialization", ref_template="#/" + name + "/$defs/{model}")
        for name, view in VIEWS.items()
    }
    return json.dumps(found, indent=1) + "\n"


def main(arguments: list[str]) -> int:
    """Write both pages, compare them, or print the documents of an environment."""
    if len(arguments) in (3, 4):
        environment, account, region, *roles = arguments
        place = Location(partition="aws", region=region, account=account)
        print(json.dumps(Operator.of(environment, place, *roles).policies(), indent=2))
        return 0
    wanted = {SCHEMA: schema(), POLICIES: json.dumps(Operator.of("prod", EXAMPLE).policies(), indent=2) + "\n"}
    if "--check" not in arguments:
        for page, text in wanted.items():
            page.write_text(text)
        return 0
    differing = [page.name for page, text in wanted.items() if not page.exists() or page.read_text() != text]
    for name in differing:
        print(f"docs/{name} differs from the operator's command: run make docs", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
