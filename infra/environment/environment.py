"""One environment of the platform: which component gets which settings, and what applications read of them all."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from lambdas.cluster import metrics

from ..common import stack_state
from ..common.names import Names
from ..contract import Platform
from .aws_facts import AwsFacts
from .cluster import Cluster, ClusterArgs
from .controllers import (
    CapacityController,
    CapacityControllerArgs,
    InstanceController,
    InstanceControllerArgs,
    KillSwitch,
    KillSwitchArgs,
    RebalancingController,
    RebalancingControllerArgs,
    rollback_alarms,
)
from .conventions import Conventions
from .deployed import Deployed, Identity
from .encryption import Encryption, EncryptionArgs
from .instances import Instances, InstancesArgs, fit
from .load_balancer import LoadBalancer, LoadBalancerArgs
from .monitoring import AlarmTopics
from .network import Discovery, DiscoveryArgs, Network, NetworkArgs
from .overview import Overview, OverviewArgs
from .quotas import Quotas, QuotasArgs
from .readme import readme
from .settings import Settings


class Environment:
    """All components of an environment, each with its share of the settings.

    `Environment(load_settings()).export()` is a whole program. `facts` are looked up where they are not given, and
    `provider` is made from the settings: give one that assumes a role, or that several environments share.
    Raises pulumi.RunError where AWS does not have what the settings ask for.
    """

    conventions: Conventions
    alarm_topics: AlarmTopics
    network: Network
    load_balancer: LoadBalancer
    discovery: Discovery
    cluster: Cluster
    kill_switch: KillSwitch
    instance_controller: InstanceController
    capacity_controller: CapacityController
    rebalancing_controller: RebalancingController
    instances: Instances
    quotas: Quotas
    overview: Overview
    platform: Platform
    """What application stacks read."""

    def __init__(
        self, settings: Settings, *, facts: AwsFacts | None = None, provider: aws.Provider | None = None
    ) -> None:
        deployed = Deployed.read()
        with stack_state.kept_outputs():
            deployed.refuse_another(identity_of(settings))
        provider = provider or aws.Provider("aws", region=settings.region, default_tags={"tags": settings.all_tags})
        with stack_state.kept_outputs():
            facts = facts or AwsFacts.look_up(settings, pulumi.InvokeOptions(provider=provider))
            deployed.refuse_another_account(facts.location.account)
        opts = pulumi.ResourceOptions(providers=[provider])
        self.conventions = conventions = _conventions(settings, facts, opts)
        names, name = conventions.names, conventions.names.cluster
        self.alarm_topics = alarm_topics = AlarmTopics(name, settings.alarms.topics(conventions), opts)
        network_args = NetworkArgs(
            conventions=conventions,
            alarm_topics=alarm_topics,
            cidr=settings.network.cidr,
            zones=facts.zones,
            nat=settings.network.nat,
            interface_endpoints=settings.network.interface_endpoints,
            flow_logs=settings.network.flow_logs,
            flow_log_interval_s=settings.network.flow_log_interval_s,
        )
        self.network = network = Network(f"{name}-network", network_args, opts)
        load_balancer_args = LoadBalancerArgs(
            conventions=conventions,
            network=network,
            alarm_topics=alarm_topics,
            domain=settings.load_balancer.domain,
            hosted_zone_id=settings.load_balancer.hosted_zone_id,
            deletion_protection=settings.load_balancer.deletion_protection,
            access_log_days=settings.load_balancer.access_log_days,
            idle_timeout_s=settings.load_balancer.idle_timeout_s,
        )
        self.load_balancer = LoadBalancer(f"{name}-public", load_balancer_args, opts)
        self.discovery = Discovery(
            name, DiscoveryArgs(network=network, namespace=settings.discovery.name_in(settings.environment)), opts
        )
        cluster_args = ClusterArgs(
            conventions=conventions,
            alarm_topics=alarm_topics,
            container_insights=settings.cluster.container_insights,
        )
        self.cluster = cluster = Cluster(name, cluster_args, opts)
        self.kill_switch = kill_switch = KillSwitch(name, KillSwitchArgs(conventions=conventions), opts)
        instance_controller_args = InstanceControllerArgs(
            conventions=conventions,
            alarm_topics=alarm_topics,
            cluster=cluster,
            switch=kill_switch,
            instance_types=settings.instances.types,
            ready=settings.readiness.to_controller(trunked=settings.instances.trunking),
            drain=settings.draining.to_controller(),
            watch=settings.watch.to_controller(),
            rollout=settings.rollout.to_controller(rollback_alarms(names)),
            renewal=settings.instances.renewal,
            disruption=settings.disruption.to_controller(),
            image_released=facts.image.released,
            max_image_age_days=settings.instances.max_image_age_days,
        )
        self.instance_controller = InstanceController(f"{name}-instance-controller", instance_controller_args, opts)
        capacity_controller_args = CapacityControllerArgs(
            conventions=conventions,
            alarm_topics=alarm_topics,
            cluster=cluster,
            switch=kill_switch,
            instance_types=settings.instances.types,
            trunking=settings.instances.trunking,
            promise=settings.instances.promise,
            grow=settings.capacity.grow(boot_s=settings.readiness.deadline_s),
            shrink=settings.capacity.shrink(),
            disruption=settings.disruption.to_controller(),
            max_healthy_percent=settings.rollout.max_healthy_percent,
        )
        self.capacity_controller = CapacityController(f"{name}-capacity-controller", capacity_controller_args, opts)
        self.rebalancing_controller = RebalancingController(
            f"{name}-rebalancing-controller",
            RebalancingControllerArgs(
                conventions=conventions,
                alarm_topics=alarm_topics,
                cluster=cluster,
                switch=kill_switch,
                dry_run_days=settings.rebalancing.dry_run_days,
                moves=settings.rebalancing.to_controller(),
                disruption=settings.disruption.to_controller(),
            ),
            opts,
        )
        instances_args = InstancesArgs(
            conventions=conventions,
            alarm_topics=alarm_topics,
            cluster=cluster,
            network=network,
            ami_id=facts.image.id,
            instance_types=settings.instances.types,
            min_size=settings.instances.min_size,
            max_size=settings.instances.max_size,
            on_demand_base=settings.instances.on_demand_base,
            on_demand_percent=settings.instances.on_demand_percent,
            volume_gib=settings.instances.volume_gib,
            trunking=settings.instances.trunking,
            depends_on=self.instance_controller.resources,
            ready_deadline_s=settings.readiness.deadline_s,
            drain_deadline_s=settings.draining.deadline_s,
            retain_abandoned=settings.draining.retain_abandoned,
            deployed=deployed.group,
        )
        self.instances = Instances(f"{name}-instances", instances_args, opts)
        for controller in (self.instance_controller, self.capacity_controller, self.rebalancing_controller):
            controller.alarm_on_silence(after=self.instances.group)
        self.quotas = Quotas(f"{name}-quotas", _quotas(settings, alarm_topics), opts)
        self.overview = Overview(
            f"{name}-overview",
            OverviewArgs(
                conventions=conventions,
                alarm_topics=alarm_topics,
                load_balancer=self.load_balancer,
                instances=self.instances,
                runbook_url=settings.alarms.runbook_url,
            ),
            opts,
        )
        self.platform = self._platform(settings, facts)

    def export(self) -> None:
        """Export what application stacks read, as outputs of this stack, and the page that people read."""
        self.platform.export()
        pulumi.export("readme", readme(self.overview.links))

    def _platform(self, settings: Settings, facts: AwsFacts) -> Platform:
        smallest = fit.smallest(settings.instances.types)
        return Platform(
            environment=settings.environment,
            region=settings.region,
            account=facts.location.account,
            partition=facts.location.partition,
            zone_ids=[zone.id for zone in facts.zones],
            vpc_id=self.network.vpc_id,
            vpc_cidr=settings.network.cidr,
            public_subnet_ids=self.network.public_subnet_ids,
            private_subnet_ids=self.network.private_subnet_ids,
            cluster_name=self.cluster.cluster_name,
            cluster_arn=self.cluster.cluster_arn,
            instance_types=list(settings.instances.types),
            instance_cpu_units=smallest.cpu_units,
            instance_memory_mib=fit.task_memory_mib(smallest),
            tasks_per_instance=smallest.task_slots(trunking=settings.instances.trunking),
            drain_time_s=settings.draining.deadline_s,
            task_exit_time_s=settings.draining.task_exit_time_s,
            log_retention_days=settings.logs.retention_days,
            log_group_prefix=self.conventions.names.log_group_prefix,
            load_balancer_arn_suffix=self.load_balancer.arn_suffix,
            load_balancer_dns_name=self.load_balancer.dns_name,
            load_balancer_zone_id=self.load_balancer.zone_id,
            load_balancer_security_group_id=self.load_balancer.security_group_id,
            http_listener_arn=self.load_balancer.http_listener_arn,
            https_listener_arn=self.load_balancer.https_listener_arn,
            domain=settings.load_balancer.domain,
            namespace=self.discovery.namespace,
            namespace_id=self.discovery.namespace_id,
            alarm_topic_arn=self.alarm_topics.page_topic_arn,
            ticket_topic_arn=self.alarm_topics.ticket_topic_arn,
            at_maximum_alarm_arn=self.capacity_controller.at_maximum.arn,
            runbook_url=settings.alarms.runbook_url,
            metric_namespace=metrics.namespace(self.cluster.cluster_name),
            key_arn=self.conventions.key_arn,
            permissions_boundary_arn=settings.permissions_boundary_arn,
        )


def identity_of(settings: Settings) -> Identity:
    """What the settings make this environment; Deployed compares it with what there is."""
    return Identity(
        region=settings.region,
        environment=settings.environment,
        cidr=settings.network.cidr,
        namespace=settings.discovery.name_in(settings.environment),
    )


def _quotas(settings: Settings, alarm_topics: AlarmTopics) -> QuotasArgs:
    bought = settings.instances
    return QuotasArgs(
        alarm_topics=alarm_topics,
        instance_types=bought.types,
        on_demand=bool(bought.on_demand_base or bought.on_demand_percent),
        spot=bought.on_demand_percent < 100,  # noqa: PLR2004  percent
        max_healthy_percent=settings.rollout.max_healthy_percent,
    )


def _conventions(settings: Settings, facts: AwsFacts, opts: pulumi.ResourceOptions) -> Conventions:
    names, location, key = Names(settings.environment), facts.location, None
    if settings.encryption.customer_key:
        key_args = EncryptionArgs(names=names, location=location, protect=settings.protect)
        key = Encryption(names.cluster, key_args, opts)
    return Conventions(
        names=names,
        location=location,
        tags=settings.all_tags,
        log_retention_days=settings.logs.retention_days,
        key_arn=key.key_arn if key else None,
        permissions_boundary_arn=settings.permissions_boundary_arn,
        protect=settings.protect,
    )
