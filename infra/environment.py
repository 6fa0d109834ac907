"""One environment of the platform: which component gets which settings, and what applications read of them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from . import instance_fit
from .addressing import Zone
from .alerts import Alerts, AlertsArgs
from .cluster import Cluster, ClusterArgs
from .discovery import Discovery, DiscoveryArgs
from .draining import DrainingHook, DrainingHookArgs, ReadinessHook, ReadinessHookArgs
from .encryption import Encryption, EncryptionArgs
from .foundation import Foundation
from .host_alarms import watch_disks
from .instance_controller import InstanceController, InstanceControllerArgs, rollback_alarms
from .instances import Instances, InstancesArgs
from .kill_switch import KillSwitch, KillSwitchArgs
from .load_balancer import LoadBalancer, LoadBalancerArgs
from .location import Location
from .names import Names
from .network import Network, NetworkArgs
from .platform import Platform
from .scaling import CapacityScaling, CapacityScalingArgs
from .settings import Settings


@dataclass(frozen=True, kw_only=True)
class Place:
    """What AWS says of the place where an environment shall stand."""

    location: Location
    zones: Sequence[Zone]
    """Availability Zones to use, one subnet of each tier in each."""
    ami_id: str
    """Image that instances start from."""


class Environment:
    """All components of an environment, each with its share of the settings; `below` names their AWS provider."""

    platform: Platform
    """What application stacks read."""

    def __init__(self, settings: Settings, place: Place, below: pulumi.ResourceOptions) -> None:
        """Register the components."""
        self._settings, self._place, self._below = settings, place, below
        self._name = Names(settings.environment).cluster
        self._foundation = self._found()
        self._alerts = Alerts(self._name, AlertsArgs(foundation=self._foundation, emails=settings.alerts.emails), below)
        self._network = self._connect()
        self._load_balancer = self._open()
        self._discovery = Discovery(
            self._name,
            DiscoveryArgs(network=self._network, namespace=settings.discovery.name_in(settings.environment)),
            below,
        )
        self._cluster = Cluster(
            self._name,
            ClusterArgs(
                foundation=self._foundation,
                alerts=self._alerts,
                container_insights=settings.cluster.container_insights,
            ),
            below,
        )
        switch = KillSwitch(self._name, KillSwitchArgs(foundation=self._foundation), below)
        controller = self._control(switch)
        self._scale(switch)
        self._run(controller)
        self.platform = self._describe()

    def _found(self) -> Foundation:
        settings, location = self._settings, self._place.location
        names, key = Names(settings.environment), None
        if settings.encryption.customer_key:
            key = Encryption(self._name, EncryptionArgs(names=names, location=location), self._below)
        return Foundation(
            names=names,
            location=location,
            tags=settings.all_tags,
            log_retention_days=settings.logs.retention_days,
            key_arn=key.key_arn if key else None,
            permissions_boundary_arn=settings.permissions_boundary_arn,
        )

    def _connect(self) -> Network:
        wanted = self._settings.network
        args = NetworkArgs(
            foundation=self._foundation,
            cidr=wanted.cidr,
            zones=self._place.zones,
            nat=wanted.nat,
            interface_endpoints=wanted.interface_endpoints,
        )
        return Network(f"{self._name}-network", args, self._below)

    def _open(self) -> LoadBalancer:
        wanted = self._settings.load_balancer
        args = LoadBalancerArgs(
            foundation=self._foundation,
            network=self._network,
            alerts=self._alerts,
            domain=wanted.domain,
            hosted_zone_id=wanted.hosted_zone_id,
            deletion_protection=wanted.deletion_protection,
            access_log_days=wanted.access_log_days,
            idle_timeout_s=wanted.idle_timeout_s,
        )
        return LoadBalancer(f"{self._name}-public", args, self._below)

    def _control(self, switch: KillSwitch) -> InstanceController:
        settings = self._settings
        args = InstanceControllerArgs(
            foundation=self._foundation,
            alerts=self._alerts,
            cluster=self._cluster,
            switch=switch,
            ready=settings.readiness.of_controller(trunked=settings.instances.trunking),
            drain=settings.draining.of_controller(),
            watch=settings.watch.of_controller(),
            rollout=settings.rollout.of_controller(rollback_alarms(self._foundation.names)),
        )
        return InstanceController(f"{self._name}-controller", args, self._below)

    def _scale(self, switch: KillSwitch) -> CapacityScaling:
        settings = self._settings
        args = CapacityScalingArgs(
            foundation=self._foundation,
            alerts=self._alerts,
            cluster=self._cluster,
            switch=switch,
            instance_types=settings.instances.types,
            trunking=settings.instances.trunking,
            promise=settings.instances.promise,
            grow=settings.scaling.grow(boot_s=settings.readiness.deadline_s),
            shrink=settings.scaling.shrink(),
        )
        return CapacityScaling(f"{self._name}-scaling", args, self._below)

    def _run(self, controller: InstanceController) -> None:
        settings, wanted = self._settings, self._settings.instances
        keep = settings.draining.at_deadline == "keep"
        args = InstancesArgs(
            foundation=self._foundation,
            cluster=self._cluster,
            network=self._network,
            ami_id=self._place.ami_id,
            instance_types=wanted.types,
            min_size=wanted.min_size,
            max_size=wanted.max_size,
            on_demand_base=wanted.on_demand_base,
            on_demand_percent=wanted.on_demand_percent,
            volume_gib=wanted.volume_gib,
            trunking=wanted.trunking,
            needs=controller.resources,
            ready_deadline_s=settings.readiness.deadline_s,
            drain_deadline_s=settings.draining.deadline_s,
            keep_at_deadline=keep,
        )
        instances = Instances(f"{self._name}-instances", args, self._below)
        watch_disks(f"{self._name}-instances-disk", self._alerts, instances)
        group = instances.group
        ready = ReadinessHookArgs(group=group, deadline_s=settings.readiness.deadline_s)
        ReadinessHook(f"{self._name}-readiness", ready, self._below)
        drain = DrainingHookArgs(group=group, deadline_s=settings.draining.deadline_s, keep_at_deadline=keep)
        DrainingHook(f"{self._name}-draining", drain, self._below)

    def _describe(self) -> Platform:
        settings, place, location = self._settings, self._place, self._place.location
        smallest = instance_fit.smallest(settings.instances.types)
        return Platform(
            environment=settings.environment,
            region=settings.region,
            account=location.account,
            partition=location.partition,
            zone_ids=[zone.id for zone in place.zones],
            vpc_id=self._network.vpc_id,
            vpc_cidr=settings.network.cidr,
            public_subnet_ids=self._network.public_subnet_ids,
            private_subnet_ids=self._network.private_subnet_ids,
            cluster_name=self._cluster.cluster_name,
            cluster_arn=self._cluster.cluster_arn,
            instance_types=list(settings.instances.types),
            instance_cpu_units=smallest.cpu_units,
            instance_memory_mib=instance_fit.task_memory_mib(smallest),
            tasks_per_instance=smallest.task_slots(trunking=settings.instances.trunking),
            drain_time_s=settings.draining.deadline_s,
            task_exit_time_s=settings.draining.task_exit_time_s,
            log_retention_days=settings.logs.retention_days,
            log_group_prefix=self._foundation.names.log_group(""),
            load_balancer_arn_suffix=self._load_balancer.arn_suffix,
            load_balancer_dns_name=self._load_balancer.dns_name,
            load_balancer_zone_id=self._load_balancer.zone_id,
            load_balancer_security_group_id=self._load_balancer.security_group_id,
            http_listener_arn=self._load_balancer.http_listener_arn,
            https_listener_arn=self._load_balancer.https_listener_arn,
            domain=settings.load_balancer.domain,
            namespace=self._discovery.namespace,
            namespace_id=self._discovery.namespace_id,
            alarm_topic_arn=self._alerts.topic_arn,
            key_arn=self._foundation.key_arn,
            permissions_boundary_arn=settings.permissions_boundary_arn,
        )
