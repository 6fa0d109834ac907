"""Ways that something needs, closed: security groups, network ACLs, routes, endpoints."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ecs_operations import Resource
from ecs_operations.facts import tokens
from ecs_operations.facts.values import UNKNOWN
from tools.detunings.traffic import beside
from tools.graph_changes import Change, Inputs, changed, container, edited, ignoring, joined, opted, user_data, without
from tools.mutation import Edit, Mutation, mutation

RULE, HOSTS_OUT, PUBLIC_IN = "vpc-ways-open", "-instances-https", "-public-https"
EGRESS, INGRESS, ENDPOINT = tokens.EGRESS_RULE, tokens.INGRESS_RULE, tokens.VPC_ENDPOINT
GROUP_URN = f"{tokens.SECURITY_GROUP}::ecs-prod-"


def _closed_acl(resources: Sequence[Resource]) -> Resource:
    """A network ACL of the private subnets that lets HTTPS out, and no answer in."""
    vpc = next(one for one in resources if one.type == tokens.VPC)
    subnets = frozenset(one.urn for one in resources if one.type == tokens.SUBNET and "private" in one.name)
    every = {"ruleNo": 100, "action": "allow", "protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlock": "0.0.0.0/0"}
    refused = {"ruleNo": 90, "action": "deny", "protocol": "tcp", "fromPort": 1024, "toPort": 65535,
               "cidrBlock": "0.0.0.0/0"}  # fmt: skip
    return replace(
        vpc, urn=vpc.urn.replace(tokens.VPC, tokens.NETWORK_ACL), type=tokens.NETWORK_ACL, name="acl",
        inputs={"subnetIds": ["subnet-1"], "ingress": [refused, every], "egress": [every]}, dependencies={"subnetIds": subnets},
    )  # fmt: skip


def _refusing(statement: dict[str, Any]) -> Change:
    document = json.dumps({"Statement": [{"Principal": "*", "Resource": "*", **statement}]})
    return edited(ENDPOINT, "", lambda inputs: {**inputs, "policy": document})


def _in_network(subnet: str) -> Change:
    """Put the instance controller's function into a subnet of the platform, with the hosts' security group."""

    def edit(resources: Sequence[Resource]) -> list[Resource]:
        links = frozenset(
            one.urn for one in resources if one.urn.endswith((subnet, f"{GROUP_URN}instances-security-group"))
        )
        return [
            replace(
                one,
                inputs={**one.inputs, "vpcConfig": {"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]}},
                dependencies={**one.dependencies, "vpcConfig": links},
            )
            if one.type == tokens.FUNCTION and "instance" in one.name
            else one
            for one in resources
        ]

    return edit


def _denied(**inputs: Any) -> Change:
    """A rule that refuses, before those of the ACL that AWS made with the VPC."""
    given = {"ruleAction": "deny", "ruleNumber": 1, "protocol": "tcp", "fromPort": 1024, "toPort": 65535,
             "cidrBlock": "0.0.0.0/0", **inputs}  # fmt: skip
    return beside(
        tokens.VPC, "", tokens.NETWORK_ACL_RULE, "refused", {"networkAclId": "::ecs-prod-network-vpc"}, **given
    )


def _of_two_architectures(inputs: Inputs) -> Inputs:
    policy = inputs["mixedInstancesPolicy"]
    overrides = [{"instanceType": "m7g.large"}, {"instanceType": "m7i.large"}]
    return {**inputs, "mixedInstancesPolicy": {
        **policy, "launchTemplate": {**policy["launchTemplate"], "overrides": overrides}}}  # fmt: skip


def _sized_at_night(resources: Sequence[Resource]) -> Resource:
    """A schedule that sets the group's size by a call of AWS."""
    schedule = next(one for one in resources if one.type == tokens.SCHEDULE)
    group = next(one for one in resources if one.type == tokens.GROUP)
    target = {"arn": "arn:aws:scheduler:::aws-sdk:autoscaling:updateAutoScalingGroup", "roleArn": UNKNOWN,
              "input": UNKNOWN, "deadLetterConfig": {"arn": UNKNOWN}}  # fmt: skip
    return replace(
        schedule, urn=f"{schedule.urn}-night", name="night", inputs={**schedule.inputs, "target": target},
        dependencies={"target": frozenset({group.urn})},
    )  # fmt: skip


def _second_hook(resources: Sequence[Resource]) -> Resource:
    hook = next(one for one in resources if one.type == tokens.LIFECYCLE_HOOK and one.name.endswith("-draining-hook"))
    return replace(hook, urn=f"{hook.urn}-audit", name="audit", inputs={**hook.inputs, "name": "audit"})


TAGS = {"environment": "prod", "owner": "platform-team", "managed-by": "ecs-platform"}


def _exclusive(kind: str, **inputs: Any) -> Change:
    """Take all policies away from the instance controller's role that this does not name."""
    end = "::ecs-prod-instance-controller-role"
    return beside(tokens.ROLE, "-instance-controller-role", kind, "only", {"roleName": f"{tokens.ROLE}{end}"}, **inputs)


OF_THE_PLATFORM: tuple[Mutation, ...] = (
    mutation("an agent that is masked", "lt-ecs-agent-config",
             user_data("mkdir -p /opt/aws", "systemctl mask --now ecs\nmkdir -p /opt/aws"),
             Edit("infra/environment/instances/user_data.py", "#!/bin/bash", "#!/bin/bash\nsystemctl mask ecs")),
    mutation("types of two architectures", "lt-image-pinned", edited(tokens.GROUP, "", _of_two_architectures)),
    mutation("policies that are taken away", "asg-drain-handler-wired asg-instance-refresh asg-max-instance-lifetime "
             "iam-role-suffices lambda-failure-path", _exclusive(tokens.EXCLUSIVE_POLICIES, policyNames=["other"])),
    mutation("a boundary that reads", "iam-role-suffices",
             changed(tokens.ROLE, "-instances-role", permissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")),
    mutation("a password in a tag", "taskdef-no-plaintext-secrets",
             changed(tokens.CLUSTER, "", tags={"db-password": "correct-horse"})),
    mutation("a balancer that goes before its successor", "prod-successor-first",
             opted(tokens.LOAD_BALANCER, delete_before_replace=True)),
    mutation("a NAT gateway that goes before its successor", "prod-successor-first",
             opted(tokens.NAT_GATEWAY, "az1", delete_before_replace=True)),
    mutation("hosts whose ways out Pulumi ignores", "no-ignore-changes-on-guarded",
             ignoring(EGRESS, HOSTS_OUT, "cidrIpv4")),
    mutation("a group whose types Pulumi ignores", "no-ignore-changes-on-guarded", ignoring(
        tokens.GROUP, "", "initialLifecycleHooks", "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version",
        "mixedInstancesPolicy.launchTemplate.overrides")),
    mutation("tags that Pulumi ignores", "", ignoring(tokens.VPC, "", "tags", "tagsAll")),
    mutation("a second hook that nothing completes", "asg-drain-handler-wired", joined(_second_hook)),
    mutation("a schedule that sets the size", "capacity-scaling-present", joined(_sized_at_night)),
    mutation("hosts that reach nothing", RULE, without(EGRESS, HOSTS_OUT),
             Edit("infra/environment/instances/instances.py", 'cidr_ipv4="0.0.0.0/0"', 'cidr_ipv4="10.0.0.0/8"')),
    mutation("hosts that reach the network alone", RULE, changed(EGRESS, HOSTS_OUT, cidrIpv4="10.16.0.0/16")),
    mutation("hosts that reach port 80", RULE, changed(EGRESS, HOSTS_OUT, fromPort=80, toPort=80)),
    mutation("hosts that send UDP", RULE, changed(EGRESS, HOSTS_OUT, ipProtocol="udp")),
    mutation("a public listener that nobody reaches", RULE, without(INGRESS, PUBLIC_IN)),
    mutation("a public listener for the network", RULE, changed(INGRESS, PUBLIC_IN, cidrIpv4="10.0.0.0/8")),
    mutation("a public listener on a port that is closed", f"{RULE} sg-public-ingress-only-alb", changed(INGRESS, PUBLIC_IN, fromPort=444, toPort=444)),
    mutation("subnets that refuse the answers", RULE, joined(_closed_acl)),
    mutation("an ACL of AWS that refuses the answers", RULE, _denied()),
    mutation("an ACL of AWS that refuses HTTPS", RULE, _denied(egress=True, fromPort=443, toPort=443)),
    mutation("an endpoint that refuses", RULE, _refusing({"Effect": "Deny", "Action": "*"})),
    mutation("an endpoint for one bucket", RULE,
             _refusing({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::shop/*"})),
    mutation("public subnets without the Internet", f"{RULE} vpc-nat-per-az", without(tokens.ROUTE, "network-public-internet")),
    mutation("public subnets without their table", RULE,
             without(tokens.ROUTE_TABLE_ASSOCIATION, "public-euc1-az1")),
    mutation("a controller in a public subnet", RULE, _in_network("::ecs-prod-network-public-euc1-az1")),
    mutation("a controller in a private subnet", "", _in_network("::ecs-prod-network-private-euc1-az1")),
)  # fmt: skip

ECR = f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/web@sha256:{'0' * 64}"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf"  # noqa: S105  a name


def _with_log_secret(inputs: Inputs) -> Inputs:
    (found,) = json.loads(inputs["containerDefinitions"])
    found["logConfiguration"]["secretOptions"] = [{"name": "token", "valueFrom": SECRET}]
    return {**inputs, "containerDefinitions": json.dumps([found])}


def _counted_at_night(resources: Sequence[Resource]) -> Resource:
    """A schedule that sets the number of the cart's tasks by a call of AWS."""
    service = next(one for one in resources if one.type == tokens.SERVICE and one.name == "cart-service")
    return replace(
        service, urn=service.urn.replace(tokens.SERVICE, tokens.SCHEDULE), type=tokens.SCHEDULE, name="night",
        inputs={"scheduleExpression": "cron(0 20 * * ? *)", "target": {
            "arn": "arn:aws:scheduler:::aws-sdk:ecs:updateService", "input": UNKNOWN, "roleArn": UNKNOWN,
            "deadLetterConfig": {"arn": UNKNOWN}}},
        dependencies={"target": frozenset({service.urn})},
    )  # fmt: skip


OF_THE_SHOP: tuple[Mutation, ...] = (
    mutation("a schedule that sets the number of tasks", "service-autoscaling-present", joined(_counted_at_night)),
    mutation("an image that the role may not pull", "iam-role-suffices", container("cart", image=ECR)),
    mutation("a secret that the role may not read", "iam-role-suffices",
             container("cart", secrets=[{"name": "DB", "valueFrom": SECRET}])),
    mutation("a secret of the log driver that the role may not read", "iam-role-suffices",
             edited(tokens.TASK_DEFINITION, "cart-task-definition", _with_log_secret)),
    mutation("a caller that may not get out", "tg-reachable",
             without(EGRESS, "cart-security-group-from-frontend-8080")),
)  # fmt: skip
