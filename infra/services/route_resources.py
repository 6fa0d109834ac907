"""What a service's routes make: a target group for those that agree, and rules that redirect without one."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from .listener_rule import listener_rule
from .route_claims import claims_of
from .service_args import ServiceArgs
from .shift_problems import header_route
from .shifting import Shifting
from .target_group import TargetGroup, TargetGroupArgs


def target_groups(
    name: str, args: ServiceArgs, shifting: Shifting | None, opts: pulumi.ResourceOptions
) -> list[TargetGroup]:
    """The target groups of the service `name`, with their rules, in the order of their first routes."""
    claims = claims_of(args.platform)
    header = shifting.test_header if shifting else None
    tested = {
        group.suffix: [header_route(route, header, name) for route in group.routes] if header else []
        for group in args.route_groups
    }
    return [
        TargetGroup(
            f"{name}-target-group{group.suffix}",
            TargetGroupArgs(
                platform=args.platform,
                service_name=name,
                suffix=group.suffix,
                routes={claims.claim(name, route): route for route in group.routes},
                container_name=group.container or name,
                port=group.port,
                grace_s=args.deployment.chosen_grace_s,
                shifting=shifting,
                test_routes={claims.claim(name, route): route for route in tested[group.suffix]},
            ),
            opts,
        )
        for group in args.route_groups
    ]


def redirects(name: str, args: ServiceArgs, opts: pulumi.ResourceOptions) -> list[aws.lb.ListenerRule]:
    """The rules of its routes that redirect."""
    claims = claims_of(args.platform)
    return [
        listener_rule(
            f"{name}-redirect-{priority}",
            platform=args.platform,
            route=route,
            priority=priority,
            actions=[route.redirect.action],
            tag=name,
            opts=opts,
        )
        for route in args.every_route
        if route.redirect and (priority := claims.claim(name, route))
    ]
