"""What an API call of boto3 asks of IAM: action, resources and condition keys.

One short entry an operation; one that is not listed fails, so that no call of a controller goes unchecked. Source: AWS
service authorization reference, "Actions, resources, and condition keys" of each service; test_iam_actions.py beside
this compares the entries with the copy of it that parliament brings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.common.location import Location
from tests.support.iam_evaluator import NO_RESOURCE, Call, ContextValue

Params = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Where a call is made, and what its parameters leave out."""

    location: Location
    group: str = "group"
    """Auto Scaling group of the instances that calls name: some operations take an instance id only."""

    def in_cluster(self, kind: str, params: Params, ids: Iterable[str]) -> list[str]:
        """ARNs of a cluster's container instances, tasks or services, given by id or ARN."""
        cluster = params.get("cluster", "default").rpartition("/")[2]
        return [one if one.startswith("arn:") else self.location.arn("ecs", f"{kind}/{cluster}/{one}") for one in ids]

    def cluster_arn(self, name: str) -> str:
        """The ARN of a cluster, given by name or ARN."""
        return name if name.startswith("arn:") else self.location.arn("ecs", f"cluster/{name}")

    def group_arn(self, name: str) -> str:
        """The ARN of a group; its middle part is made up by AWS."""
        return self.location.arn("autoscaling", f"autoScalingGroup:0a1b-2c3d:autoScalingGroupName/{name}")

    def parameter_arn(self, name: str) -> str:
        """The ARN of an SSM parameter; a hierarchy's leading slash is not doubled."""
        return self.location.arn("ssm", f"parameter/{name.removeprefix('/')}")


Resources = Callable[[Scene, Params], list[str]]
Context = Callable[[Scene, Params], Mapping[str, ContextValue]]


def _nothing(_scene: Scene, _params: Params) -> list[str]:
    return [NO_RESOURCE]


def _no_keys(_scene: Scene, _params: Params) -> Mapping[str, ContextValue]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What one operation asks for. The defaults are those of an action without resource types."""

    resources: Resources = field(default=_nothing)
    context: Context = field(default=_no_keys)


def _cluster(scene: Scene, params: Params) -> Mapping[str, ContextValue]:
    return {"ecs:cluster": scene.cluster_arn(params.get("cluster", "default"))}


def _cluster_of(scene: Scene, arn: str) -> Mapping[str, ContextValue]:
    """The cluster that the ARN of a service's revision or deployment names."""
    return {"ecs:cluster": scene.cluster_arn(arn.split("/")[1])}


def _within(kind: str, ids: Callable[[Params], Iterable[str]]) -> Demand:
    return Demand(resources=lambda scene, params: scene.in_cluster(kind, params, ids(params)), context=_cluster)


def _group(scene: Scene, params: Params) -> list[str]:
    return [scene.group_arn(params.get("AutoScalingGroupName", scene.group))]


def _described_alarms(scene: Scene, params: Params) -> list[str]:
    """With less than every resource AWS answers, and leaves the composite alarms out.

    Source: API reference, DescribeAlarms ("to use this operation and return information about composite alarms, you
    must be signed on with the cloudwatch:DescribeAlarms permission that is scoped to *").
    """
    if "CompositeAlarm" in params.get("AlarmTypes", []):
        return [NO_RESOURCE]
    return [scene.location.arn("cloudwatch", f"alarm:{name}") for name in params.get("AlarmNames", ["*"])]


def _listed_tasks(scene: Scene, params: Params) -> list[str]:
    """ListTasks without a container instance is asked for every resource, whatever else narrows it.

    Source: the refusals that AWS gives ("is not authorized to perform: ecs:ListTasks on resource: *").
    """
    named = params.get("containerInstance")
    return scene.in_cluster("container-instance", params, [named]) if named else [NO_RESOURCE]


def _function(scene: Scene, params: Params) -> list[str]:
    return [scene.location.arn("lambda", f"function:{params['FunctionName']}")]


def _role(scene: Scene, name: str) -> str:
    """Service-linked roles have a path of their own."""
    path = "aws-service-role/x.amazonaws.com/" if name.startswith("AWSServiceRoleFor") else ""
    return scene.location.iam_arn(f"role/{path}{name}")


def _updated_service(scene: Scene, params: Params) -> Mapping[str, ContextValue]:
    """The cluster, and what the call would make of the service."""
    definition = {"ecs:task-definition": _definition(scene, params)} if "taskDefinition" in params else {}
    return {**_cluster(scene, params), **definition}


def _tag_keys(_scene: Scene, params: Params) -> Mapping[str, ContextValue]:
    tags = {tag["key"]: tag["value"] for tag in params.get("tags", [])}
    return {
        "aws:TagKeys": [*tags, *params.get("tagKeys", [])],
        **{f"aws:RequestTag/{key}": value for key, value in tags.items()},
    }


def _zone(scene: Scene, zone_id: str) -> str:
    return f"arn:{scene.location.partition}:route53:::hostedzone/{zone_id}"


def _definition(scene: Scene, params: Params) -> str:
    named = str(params["taskDefinition"])
    return named if named.startswith("arn:") else scene.location.arn("ecs", f"task-definition/{named}")


_ANY = Demand()
_OF_CLUSTER = Demand(resources=lambda scene, params: [scene.cluster_arn(params.get("cluster", "default"))])
_OF_GROUP = Demand(resources=_group)
_ATTRIBUTES = _within("container-instance", lambda params: [one["targetId"] for one in params["attributes"]])

DEMANDS: dict[str, Demand] = {
    "application-autoscaling:DescribeScalableTargets": _ANY,
    "autoscaling:CancelInstanceRefresh": _OF_GROUP,
    "autoscaling:CompleteLifecycleAction": _OF_GROUP,
    "autoscaling:CreateOrUpdateTags": Demand(
        resources=lambda scene, params: [scene.group_arn(tag["ResourceId"]) for tag in params["Tags"]],
        context=lambda _, params: {
            "aws:TagKeys": [tag["Key"] for tag in params["Tags"]],
            **{f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in params["Tags"]},
        },
    ),
    "autoscaling:DescribeAutoScalingGroups": _ANY,
    "autoscaling:DescribeAutoScalingInstances": _ANY,
    "autoscaling:DescribeInstanceRefreshes": _ANY,
    "autoscaling:DescribeLifecycleHooks": _ANY,
    "autoscaling:DescribePolicies": _ANY,
    "autoscaling:DescribeScalingActivities": _ANY,
    "autoscaling:DescribeScheduledActions": _ANY,
    "autoscaling:RecordLifecycleActionHeartbeat": _OF_GROUP,
    "autoscaling:RollbackInstanceRefresh": _OF_GROUP,
    "autoscaling:SetDesiredCapacity": _OF_GROUP,
    "autoscaling:EnableMetricsCollection": _OF_GROUP,
    "autoscaling:SetInstanceHealth": _OF_GROUP,
    "autoscaling:SetInstanceProtection": _OF_GROUP,
    "autoscaling:StartInstanceRefresh": _OF_GROUP,
    "autoscaling:TerminateInstanceInAutoScalingGroup": _OF_GROUP,
    "cloudwatch:DescribeAlarms": Demand(resources=_described_alarms),
    "cloudwatch:GetMetricData": _ANY,
    "cloudwatch:SetAlarmState": Demand(
        resources=lambda scene, params: [scene.location.arn("cloudwatch", f"alarm:{params['AlarmName']}")]
    ),
    "cloudwatch:GetMetricStatistics": _ANY,
    "cloudwatch:PutMetricData": Demand(context=lambda _, params: {"cloudwatch:namespace": params["Namespace"]}),
    "ec2:DescribeAddresses": _ANY,
    "ec2:DescribeInstanceStatus": _ANY,
    "ec2:DescribeInstanceTypeOfferings": _ANY,
    "ec2:DescribeInstances": _ANY,
    "ec2:DescribeLaunchTemplateVersions": _ANY,
    "ec2:DescribeNatGateways": _ANY,
    "ec2:DescribeNetworkInterfaces": _ANY,
    "ec2:DescribeSubnets": _ANY,
    "ec2:DescribeVolumes": _ANY,
    "ec2:DescribeVpcEndpoints": _ANY,
    "ec2:DescribeVpcs": _ANY,
    "ecs:DeleteAttributes": _ATTRIBUTES,
    "ecs:DeregisterContainerInstance": _OF_CLUSTER,
    "ecs:DescribeCapacityProviders": Demand(
        resources=lambda scene, params: [
            scene.location.arn("ecs", f"capacity-provider/{name}") for name in params["capacityProviders"]
        ]
    ),
    "ecs:DescribeClusters": Demand(
        resources=lambda scene, params: [scene.cluster_arn(name) for name in params.get("clusters", ["default"])]
    ),
    "ecs:DescribeContainerInstances": _within("container-instance", lambda params: params["containerInstances"]),
    "ecs:DescribeServiceRevisions": Demand(
        resources=lambda _, params: list(params["serviceRevisionArns"]),
        context=lambda scene, params: _cluster_of(scene, params["serviceRevisionArns"][0]),
    ),
    "ecs:DescribeServices": _within("service", lambda params: params["services"]),
    "ecs:DescribeTaskDefinition": _ANY,
    "ecs:DescribeTasks": _within("task", lambda params: params["tasks"]),
    "ecs:ExecuteCommand": Demand(
        resources=lambda scene, params: [
            scene.cluster_arn(params["cluster"]),
            *scene.in_cluster("task", params, [params["task"]]),
        ],
        context=_cluster,
    ),
    "ecs:GetTaskProtection": _within("task", lambda params: params.get("tasks", ["*"])),
    "ecs:ListAccountSettings": _ANY,
    "ecs:ListAttributes": _OF_CLUSTER,
    "ecs:ListClusters": _ANY,
    "ecs:ListContainerInstances": _OF_CLUSTER,
    "ecs:ListServiceDeployments": _within("service", lambda params: [params["service"]]),
    "ecs:ListServices": Demand(context=_cluster),
    "ecs:ListTasks": Demand(resources=_listed_tasks, context=_cluster),
    "ecs:PutAttributes": _ATTRIBUTES,
    "ecs:RunTask": Demand(resources=lambda scene, params: [_definition(scene, params)], context=_cluster),
    "ecs:StopServiceDeployment": Demand(
        resources=lambda _, params: [params["serviceDeploymentArn"]],
        context=lambda scene, params: _cluster_of(scene, params["serviceDeploymentArn"]),
    ),
    "ecs:StopTask": _within("task", lambda params: [params["task"]]),
    "ecs:UpdateContainerInstancesState": _within("container-instance", lambda params: params["containerInstances"]),
    "ecs:TagResource": Demand(resources=lambda _, params: [params["resourceArn"]], context=_tag_keys),
    "ecs:UntagResource": Demand(resources=lambda _, params: [params["resourceArn"]], context=_tag_keys),
    "ecs:UpdateService": Demand(
        resources=lambda scene, params: scene.in_cluster("service", params, [params["service"]]),
        context=_updated_service,
    ),
    "ecs:UpdateTaskProtection": _within("task", lambda params: params["tasks"]),
    "elasticloadbalancing:DescribeListeners": _ANY,
    "elasticloadbalancing:DescribeLoadBalancers": _ANY,
    "elasticloadbalancing:DescribeRules": _ANY,
    "elasticloadbalancing:DescribeTags": _ANY,
    "elasticloadbalancing:DescribeTargetGroups": _ANY,
    "elasticloadbalancing:DescribeTargetHealth": _ANY,
    "iam:GetRole": Demand(resources=lambda scene, params: [_role(scene, params["RoleName"])]),
    "iam:SimulatePrincipalPolicy": Demand(resources=lambda _, params: [params["PolicySourceArn"]]),
    "lambda:GetAccountSettings": _ANY,
    "lambda:GetFunctionConcurrency": Demand(resources=_function),
    "lambda:GetFunctionConfiguration": Demand(resources=_function),
    "logs:DescribeResourcePolicies": _ANY,
    "logs:FilterLogEvents": Demand(
        resources=lambda scene, params: [f"{scene.location.log_group_arn(params['logGroupName'])}:*"]
    ),
    "route53:GetHostedZone": Demand(resources=lambda scene, params: [_zone(scene, params["Id"])]),
    "route53:ListHostedZones": _ANY,
    "route53:ListResourceRecordSets": Demand(resources=lambda scene, params: [_zone(scene, params["HostedZoneId"])]),
    "scheduler:ListSchedules": _ANY,
    "servicequotas:GetServiceQuota": _ANY,
    "sts:GetCallerIdentity": _ANY,
    "ssm:GetParameter": Demand(resources=lambda scene, params: [scene.parameter_arn(params["Name"])]),
    "ssm:PutParameter": Demand(resources=lambda scene, params: [scene.parameter_arn(params["Name"])]),
    "ssm:GetParameters": Demand(
        resources=lambda scene, params: [scene.parameter_arn(name) for name in params["Names"]]
    ),
}
"""Action → what it demands, for all that the controllers and the operator's command may call."""

_PREFIXES = {
    "application-auto-scaling": "application-autoscaling",
    "auto-scaling": "autoscaling",
    "cloudwatch-logs": "logs",
    "elastic-load-balancing-v2": "elasticloadbalancing",
    "route-53": "route53",
    "service-quotas": "servicequotas",
}
"""botocore's name of a service → IAM's, where they differ."""


def calls_of(service: str, operation: str, params: Params, scene: Scene) -> list[Call]:
    """What IAM is asked for one API call: a Call for each resource. Raises LookupError for an unlisted operation."""
    action = f"{_PREFIXES.get(service, service)}:{operation}"
    if action not in DEMANDS:
        raise LookupError(f"{action}: add what it demands of IAM to DEMANDS in {__name__}")
    demand = DEMANDS[action]
    context = demand.context(scene, params)
    return [Call(action=action, resource=resource, context=context) for resource in demand.resources(scene, params)]


def record(client: Any, scene: Scene) -> list[Call]:
    """A list that fills with what a boto3 client's calls ask of IAM, whoever answers them."""
    recorded: list[Call] = []

    def note(params: Params, model: Any, **_: Any) -> None:
        service = model.service_model.service_id.hyphenize()
        recorded.extend(calls_of(service, model.name, dict(params), scene))

    client.meta.events.register("before-parameter-build", note)
    return recorded
