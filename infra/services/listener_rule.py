"""The listener rule of a route: its conditions, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ..contract import Platform
from .routing import Route


def listener_rule(
    name: str,
    *,
    platform: Platform,
    route: Route,
    priority: int,
    actions: Sequence[aws.lb.ListenerRuleActionArgs],
    tag: str,
    opts: pulumi.ResourceOptions,
) -> aws.lb.ListenerRule:
    """The rule at the listener of the platform that takes those of services."""
    listener = pulumi.Output.all(platform.https_listener_arn, platform.http_listener_arn).apply(
        lambda arns: arns[0] or arns[1]
    )
    return aws.lb.ListenerRule(
        name,
        listener_arn=listener,
        priority=priority,
        conditions=_conditions(route),
        actions=actions,
        tags={"Name": tag},
        opts=opts,
    )


def _conditions(route: Route) -> list[aws.lb.ListenerRuleConditionArgs]:
    one, further = aws.lb.ListenerRuleConditionArgs, route.conditions
    found = [one(path_pattern=aws.lb.ListenerRuleConditionPathPatternArgs(values=[route.path]))]
    if route.host:
        found.append(one(host_header=aws.lb.ListenerRuleConditionHostHeaderArgs(values=[route.host])))
    if further.methods:
        methods = aws.lb.ListenerRuleConditionHttpRequestMethodArgs(values=list(further.methods))
        found.append(one(http_request_method=methods))
    for header, values in further.header_values.items():
        http_header = aws.lb.ListenerRuleConditionHttpHeaderArgs(http_header_name=header, values=list(values))
        found.append(one(http_header=http_header))
    for key, value in further.query.items():
        found.append(one(query_strings=[aws.lb.ListenerRuleConditionQueryStringArgs(key=key, value=value)]))
    if further.source_cidrs:
        found.append(one(source_ip=aws.lb.ListenerRuleConditionSourceIpArgs(values=list(further.source_cidrs))))
    return found
