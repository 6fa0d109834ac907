"""What people look at: the dashboard of an environment, and the questions to its logs."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..common.dashboards import body
from .conventions import Conventions
from .dashboard import Shown, rows
from .instances import Instances
from .load_balancer import LoadBalancer
from .monitoring import AlarmTopics, queries
from .readme import Links


@dataclass(frozen=True, kw_only=True)
class OverviewArgs:
    """What there is to see. It comes last: it shows the alarms that are made."""

    conventions: Conventions
    alarm_topics: AlarmTopics
    load_balancer: LoadBalancer
    instances: Instances
    runbook_url: str | None = None
    """Address of the page with the runbooks. By default none."""


class Overview(pulumi.ComponentResource):
    """A dashboard under the cluster's name, and saved queries of CloudWatch Logs Insights in a folder of that name."""

    dashboard: aws.cloudwatch.Dashboard
    links: Links
    """Addresses of all that people look at."""

    def __init__(self, name: str, args: OverviewArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ecs-platform:index:Overview", name, None, opts)
        names, region = args.conventions.names, args.conventions.location.region
        child_opts = pulumi.ResourceOptions(parent=self)
        self.links = Links(names=names, region=region, runbook_url=args.runbook_url)
        asked = queries(names)
        for short, query in asked.items():
            aws.cloudwatch.QueryDefinition(
                f"{name}-{short}",
                name=f"{names.cluster}/{query.title}",
                log_group_names=[query.log_group],
                query_string=query.text,
                opts=child_opts,
            )
        shown = Shown(
            names=names,
            region=region,
            balancer=args.load_balancer.arn_suffix,
            group=args.instances.group.name,
            pages=args.alarm_topics.pages,
            queries=asked,
            headline=self.links.in_one_line(),
        )
        self.dashboard = aws.cloudwatch.Dashboard(
            f"{name}-dashboard",
            dashboard_name=names.cluster,
            dashboard_body=pulumi.Output.json_dumps(body(rows(shown), region)),
            opts=child_opts,
        )
        self.register_outputs({"dashboard_name": self.dashboard.dashboard_name})
