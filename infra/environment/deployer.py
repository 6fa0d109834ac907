"""What whoever runs `pulumi up` of an environment needs, as managed policies: documents made of names alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..common.location import Location
from ..common.names import Names

LARGEST: Final = 6144
"""Characters of a managed policy, white space not counted (IAM user guide, "IAM and AWS STS quotas")."""

NEW: Final = (
    "elastic-ip", "vpc", "subnet", "internet-gateway", "natgateway", "route-table", "security-group",
    "security-group-rule", "vpc-endpoint", "vpc-flow-log", "launch-template",
)  # fmt: skip
"""Types of EC2 resources that the program makes, each with the platform's tags in the request that makes it."""
CREATES: Final = (
    "AllocateAddress", "CreateVpc", "CreateSubnet", "CreateInternetGateway", "CreateNatGateway", "CreateRouteTable",
    "CreateSecurityGroup", "CreateVpcEndpoint", "CreateFlowLogs", "CreateLaunchTemplate",
    "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress",
)  # fmt: skip
CHANGES: Final = (
    "AssociateRouteTable", "AttachInternetGateway", "CreateLaunchTemplateVersion", "CreateRoute", "Delete*", "Detach*",
    "Disassociate*", "Modify*", "ReleaseAddress", "Replace*", "Revoke*", "UpdateSecurityGroupRule*",
)  # fmt: skip
PASSED_TO: Final = ("ec2", "lambda", "scheduler", "vpc-flow-logs")
LINKED: Final = ("autoscaling", "ecs", "elasticloadbalancing", "spot")

Statement = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Deployer:
    """Who deploys one environment, and nothing of another."""

    names: Names
    location: Location
    hosted_zone: str
    """Id of the public zone that the domain's records stand in."""
    boundary: str | None = None
    """ARN of the policy that has to bound every role; without it the deployer can give a role any permission."""

    def policies(self) -> dict[str, dict[str, Any]]:
        """Name → document; each fits into a managed policy."""
        parts = {"network": self._network(), "compute": self._compute(), "identity": self._identity()}
        return {
            f"{self.names.cluster}-deployer-{part}": {"Version": "2012-10-17", "Statement": list(statements)}
            for part, statements in parts.items()
        }

    def _mine(self, kind: str, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The condition that a resource, or a request, carries the tags of the environment."""
        tags = {f"aws:{kind}Tag/environment": self.names.environment, f"aws:{kind}Tag/managed-by": "ecs-platform"}
        return {"StringEquals": {**tags, **(more or {})}}

    def _arns(self, service: str, *resources: str) -> list[str]:
        return [self.location.arn(service, resource) for resource in resources]

    def _network(self) -> Sequence[Statement]:
        created = self._arns("ec2", *(f"{kind}/*" for kind in NEW))
        every = self._arns("ec2", "*")
        images = f"arn:{self.location.partition}:ec2:{self.location.region}::image/*"
        templates = {"ArnLike": {"ec2:LaunchTemplate": self.location.arn("ec2", "launch-template/*")}}
        untagged = {"Null": {"aws:ResourceTag/environment": "true"}}
        tag, launched = ["ec2:CreateTags"], ("instance/*", "volume/*", "network-interface/*")
        return (
            _allow("Ec2Read", ["ec2:Describe*"], ["*"]),
            _allow("Ec2Create", _of("ec2", CREATES), created, self._mine("Request")),
            _allow("Ec2Change", _of("ec2", (*CREATES, *CHANGES)), every, self._mine("Resource")),
            _allow("Ec2TagNew", tag, created, self._mine("Request", {"ec2:CreateAction": list(CREATES)})),
            _allow("Ec2Tag", [*tag, "ec2:DeleteTags"], every, self._mine("Resource")),
            # The VPC's default security group is AWS's: it gets its tags, and then loses its rules.
            _allow("Ec2Adopt", tag, self._arns("ec2", "security-group/*"), self._mine("Request") | untagged),
            # Auto Scaling asks whoever names a template for the rights to launch from it.
            _allow("Ec2Launch", ["ec2:RunInstances"], [*every, images], templates),
            _allow(
                "Ec2TagLaunched",
                tag,
                self._arns("ec2", *launched),
                {"StringEquals": {"ec2:CreateAction": "RunInstances"}},
            ),
        )

    def _compute(self) -> Sequence[Statement]:
        cluster, group = self.names.cluster, f"autoScalingGroup:*:autoScalingGroupName/{self.names.group_prefix}*"
        zone = f"arn:{self.location.partition}:route53:::hostedzone/"
        balancer = [f"{kind}/app/{cluster}/*" for kind in ("loadbalancer", "listener", "listener-rule")]
        return (
            _allow("GroupRead", ["autoscaling:Describe*", "elasticloadbalancing:Describe*"], ["*"]),
            _allow("Group", _of("autoscaling", (
                "CreateAutoScalingGroup", "UpdateAutoScalingGroup", "DeleteAutoScalingGroup", "PutLifecycleHook",
                "DeleteLifecycleHook", "EnableMetricsCollection", "DisableMetricsCollection", "CreateOrUpdateTags",
                "DeleteTags", "SetInstanceProtection", "CancelInstanceRefresh",
            )), self._arns("autoscaling", group)),
            _allow("Cluster", _of("ecs", (
                "DescribeClusters", "DeleteCluster", "UpdateCluster", "UpdateClusterSettings", "TagResource",
                "UntagResource", "ListTagsForResource",
            )), self._arns("ecs", f"cluster/{cluster}")),
            _allow("ClusterCreate", ["ecs:CreateCluster"], ["*"], self._mine("Request")),
            # Account settings have no resource; the deployment sets awsvpcTrunking for the account and Region.
            _allow("Trunking", ["ecs:ListAccountSettings", "ecs:PutAccountSettingDefault"], ["*"],
                   {"StringEqualsIfExists": {"ecs:account-setting": "awsvpcTrunking"}}),
            _allow("Functions", _of("lambda", (
                "CreateFunction", "Delete*", "Get*", "List*", "Update*", "Put*", "AddPermission", "RemovePermission",
                "TagResource", "UntagResource",
            )), self._arns("lambda", f"function:{cluster}-*")),
            _allow("Schedules", _of("scheduler", (
                "CreateSchedule", "DeleteSchedule", "GetSchedule", "UpdateSchedule",
            )), self._arns("scheduler", f"schedule/default/{cluster}-*")),
            _allow("Balancer", _of("elasticloadbalancing", (
                "CreateLoadBalancer", "CreateListener", "Delete*", "Modify*", "Set*", "AddTags", "RemoveTags",
                "AddListenerCertificates", "RemoveListenerCertificates",
            )), self._arns("elasticloadbalancing", *balancer)),
            _allow("Alarms", _of("cloudwatch", (
                "PutMetricAlarm", "DeleteAlarms", "TagResource", "UntagResource", "ListTagsForResource",
            )), self._arns("cloudwatch", f"alarm:{cluster}-*")),
            # Composite alarms are refused, and not listed, where these are narrowed (CloudWatch API reference).
            _allow("AlarmsAny", _of("cloudwatch", ("PutCompositeAlarm", "DescribeAlarms")), ["*"]),
            _allow("Dashboard", _of("cloudwatch", ("PutDashboard", "GetDashboard", "DeleteDashboards")),
                   [f"arn:{self.location.partition}:cloudwatch::{self.location.account}:dashboard/{cluster}"]),
            _allow("CertificateCreate", ["acm:RequestCertificate"], ["*"], self._mine("Request")),
            _allow("Certificate", _of("acm", (
                "DescribeCertificate", "DeleteCertificate", "AddTagsToCertificate", "ListTagsForCertificate",
                "RemoveTagsFromCertificate", "UpdateCertificateOptions",
            )), self._arns("acm", "certificate/*"), self._mine("Resource")),
            _allow("Records", _of("route53", (
                "GetHostedZone", "ChangeResourceRecordSets", "ListResourceRecordSets", "ListTagsForResource",
            )), [zone + self.hosted_zone]),
            _allow("Changes", ["route53:GetChange"], [f"arn:{self.location.partition}:route53:::change/*"]),
            # Cloud Map makes and deletes the private zone in the caller's name; its id is not known before.
            _allow("PrivateZone", _of("route53", (
                "CreateHostedZone", "ListHostedZonesByName", "GetHostedZone", "AssociateVPCWithHostedZone",
                "DeleteHostedZone",
            )), ["*"]),
            _allow("NamespaceCreate", ["servicediscovery:CreatePrivateDnsNamespace"], ["*"], self._mine("Request")),
            # What tags a namespace names no resource (service authorization reference, AWS Cloud Map).
            _allow("NamespaceAny", _of("servicediscovery", (
                "GetOperation", "List*", "TagResource", "UntagResource",
            )), ["*"]),
            _allow("Namespace", _of("servicediscovery", (
                "GetNamespace", "DeleteNamespace", "UpdatePrivateDnsNamespace",
            )), self._arns("servicediscovery", "namespace/*"), self._mine("Resource")),
        )  # fmt: skip

    def _identity(self) -> Sequence[Statement]:
        cluster, environment, aws = self.names.cluster, self.names.environment, f"arn:{self.location.partition}"
        role = f"{aws}:iam::{self.location.account}:role/{cluster}-*"
        profile = f"{aws}:iam::{self.location.account}:instance-profile/{cluster}-*"
        bounded = {"StringEquals": {"iam:PermissionsBoundary": self.boundary}} if self.boundary else None
        services = [f"{service}.amazonaws.com" for service in PASSED_TO]
        groups = [
            f"log-group:{self.names.log_group_prefix}*", f"log-group:/aws/lambda/{cluster}-*",
            f"log-group:{self.names.event_log_group}", f"log-group:{self.names.event_log_group}:*",
            f"log-group:/aws/ecs/containerinsights/{cluster}/*",
        ]  # fmt: skip
        image = f"{aws}:ssm:{self.location.region}::parameter/aws/service/ecs/optimized-ami/*"
        bucket = f"{aws}:s3:::{cluster}-*"
        return (
            _allow("WhoAmI", ["sts:GetCallerIdentity"], ["*"]),
            _allow("RolesMake", _of("iam", (
                "CreateRole", "PutRolePolicy", "DeleteRolePolicy", "PutRolePermissionsBoundary",
            )), [role], bounded),
            _allow("Roles", _of("iam", (
                "DeleteRole", "GetRole", "GetRolePolicy", "ListAttachedRolePolicies", "ListInstanceProfilesForRole",
                "ListRolePolicies", "ListRoleTags", "TagRole", "UntagRole", "UpdateAssumeRolePolicy", "UpdateRole",
            )), [role]),
            _allow("Pass", ["iam:PassRole"], [role], {"StringEquals": {"iam:PassedToService": services}}),
            _allow("Profiles", _of("iam", (
                "CreateInstanceProfile", "DeleteInstanceProfile", "GetInstanceProfile", "AddRoleToInstanceProfile",
                "RemoveRoleFromInstanceProfile", "TagInstanceProfile", "UntagInstanceProfile",
                "ListInstanceProfileTags",
            )), [profile]),
            _allow("LinkedRoles", ["iam:CreateServiceLinkedRole"],
                   [f"{aws}:iam::{self.location.account}:role/aws-service-role/*"],
                   {"StringEquals": {"iam:AWSServiceName": [f"{service}.amazonaws.com" for service in LINKED]}}),
            _allow("KeyCreate", ["kms:CreateKey"], ["*"], self._mine("Request")),
            _allow("KeyList", ["kms:ListAliases"], ["*"]),
            _allow("Key", _of("kms", (
                "CreateAlias", "DeleteAlias", "UpdateAlias", "Describe*", "Get*", "List*", "EnableKey*", "PutKeyPolicy",
                "UpdateKeyDescription", "ScheduleKeyDeletion", "TagResource", "UntagResource",
            )), self._arns("kms", "key/*"), self._mine("Resource")),
            # A group and a topic under a key: CloudWatch Logs and SNS ask for these of the caller.
            _allow("KeyUse", _of("kms", ("Decrypt", "GenerateDataKey", "CreateGrant")), self._arns("kms", "key/*"),
                   self._mine("Resource")),
            _allow("Alias", _of("kms", ("CreateAlias", "DeleteAlias", "UpdateAlias")),
                   self._arns("kms", f"alias/{cluster}")),
            _allow("LogsRead", _of("logs", ("DescribeLogGroups", "DescribeResourcePolicies")), ["*"]),
            # Resource policies of Logs have no resource type to name.
            _allow("LogsPolicies", _of("logs", ("PutResourcePolicy", "DeleteResourcePolicy")), ["*"]),
            # Nor have saved queries.
            _allow("LogsQueries", _of("logs", ("*QueryDefinition*",)), ["*"]),
            _allow("Logs", _of("logs", (
                "CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy", "DeleteRetentionPolicy", "AssociateKmsKey",
                "DisassociateKmsKey", "TagResource", "UntagResource", "ListTagsForResource", "*MetricFilter*",
            )), self._arns("logs", *groups)),
            _allow("FlowLogs", _of("logs", ("*LogDelivery",)), ["*"]),
            _allow("Rules", _of("events", (
                "PutRule", "DeleteRule", "DescribeRule", "PutTargets", "RemoveTargets", "ListTargetsByRule",
                "TagResource", "UntagResource", "ListTagsForResource",
            )), self._arns("events", f"rule/{cluster}-*")),
            _allow("Queues", _of("sqs", (
                "CreateQueue", "DeleteQueue", "GetQueue*", "SetQueueAttributes", "ListQueueTags", "TagQueue",
                "UntagQueue",
            )), self._arns("sqs", f"{cluster}-*")),
            _allow("Topics", _of("sns", (
                "CreateTopic", "DeleteTopic", "Get*", "Set*", "Subscribe", "List*", "TagResource", "UntagResource",
            )), self._arns("sns", f"{cluster}-*")),
            _allow("Subscriptions", _of("sns", ("GetSubscriptionAttributes", "Unsubscribe")), ["*"]),
            _allow("ParametersRead", ["ssm:DescribeParameters"], ["*"]),
            _allow("Image", ["ssm:GetParameter"], [image]),
            _allow("Parameters", _of("ssm", (
                "PutParameter", "DeleteParameter", "GetParameter*", "AddTagsToResource", "RemoveTagsFromResource",
                "ListTagsForResource",
            )), self._arns("ssm", f"parameter/ecs-platform/{environment}/*")),
            _allow("Bucket", _of("s3", (
                "CreateBucket", "DeleteBucket", "ListBucket*", "GetBucket*", "PutBucket*", "DeleteBucketPolicy",
                "GetAccelerateConfiguration", "GetEncryptionConfiguration", "GetLifecycleConfiguration",
                "GetReplicationConfiguration", "PutEncryptionConfiguration", "PutLifecycleConfiguration",
            )), [bucket]),
            # Only a bucket that may be destroyed with its logs is emptied by the deployment.
            _allow("Objects", ["s3:DeleteObject*"], [f"{bucket}/*"]),
        )  # fmt: skip


def _allow(
    sid: str, actions: Sequence[str], resources: Sequence[str], condition: Mapping[str, Any] | None = None
) -> Statement:
    found = {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return found | ({"Condition": condition} if condition else {})


def _of(service: str, actions: Sequence[str]) -> list[str]:
    return [f"{service}:{action}" for action in actions]
