"""One environment of the platform: settings → components → contract."""

import pulumi
import pulumi_aws as aws

from infra import instance_fit, lookups
from infra import settings as stack_settings
from infra.alerts import Alerts, AlertsArgs
from infra.cluster import Cluster, ClusterArgs
from infra.discovery import Discovery, DiscoveryArgs
from infra.draining import DrainingHook, DrainingHookArgs, ReadinessHook, ReadinessHookArgs
from infra.encryption import Encryption, EncryptionArgs
from infra.foundation import Foundation
from infra.instance_controller import InstanceController, InstanceControllerArgs, rollback_alarms
from infra.instances import Instances, InstancesArgs
from infra.kill_switch import KillSwitch, KillSwitchArgs
from infra.load_balancer import LoadBalancer, LoadBalancerArgs
from infra.names import Names
from infra.network import Network, NetworkArgs
from infra.platform import Platform
from infra.scaling import CapacityScaling, CapacityScalingArgs

settings = stack_settings.load()
names = Names(settings.environment)

provider = aws.Provider("aws", region=settings.region, default_tags={"tags": settings.all_tags})
below_provider = pulumi.ResourceOptions(providers=[provider])
asking = pulumi.InvokeOptions(provider=provider)
location = lookups.location(settings.region, asking)
zones = lookups.zones(settings.network.zones, settings.network.zone_ids, settings.instances.types, asking)
ami_id = lookups.ami(settings.instances.ami_release, settings.instances.architecture, asking)

key = (
    Encryption(names.cluster, EncryptionArgs(names=names, location=location), below_provider)
    if settings.encryption.customer_key
    else None
)
foundation = Foundation(
    names=names,
    location=location,
    tags=settings.all_tags,
    log_retention_days=settings.logs.retention_days,
    key_arn=key.key_arn if key else None,
    permissions_boundary_arn=settings.permissions_boundary_arn,
)

alerts = Alerts(names.cluster, AlertsArgs(foundation=foundation, emails=settings.alerts.emails), below_provider)
network = Network(
    f"{names.cluster}-network",
    NetworkArgs(
        foundation=foundation,
        cidr=settings.network.cidr,
        zones=zones,
        nat=settings.network.nat,
        interface_endpoints=settings.network.interface_endpoints,
    ),
    below_provider,
)
load_balancer = LoadBalancer(
    f"{names.cluster}-public",
    LoadBalancerArgs(
        foundation=foundation,
        network=network,
        alerts=alerts,
        domain=settings.load_balancer.domain,
        hosted_zone_id=settings.load_balancer.hosted_zone_id,
        deletion_protection=settings.load_balancer.deletion_protection,
        access_log_days=settings.load_balancer.access_log_days,
        idle_timeout_s=settings.load_balancer.idle_timeout_s,
    ),
    below_provider,
)
discovery = Discovery(
    names.cluster,
    DiscoveryArgs(network=network, namespace=settings.discovery.name_in(settings.environment)),
    below_provider,
)
cluster = Cluster(
    names.cluster,
    ClusterArgs(foundation=foundation, alerts=alerts, container_insights=settings.cluster.container_insights),
    below_provider,
)
switch = KillSwitch(names.cluster, KillSwitchArgs(foundation=foundation), below_provider)
controller = InstanceController(
    f"{names.cluster}-controller",
    InstanceControllerArgs(
        foundation=foundation,
        alerts=alerts,
        cluster=cluster,
        switch=switch,
        ready=settings.readiness.of_controller(trunked=settings.instances.trunking),
        drain=settings.draining.of_controller(),
        watch=settings.watch.of_controller(),
        rollout=settings.rollout.of_controller(rollback_alarms(names)),
    ),
    below_provider,
)
CapacityScaling(
    f"{names.cluster}-scaling",
    CapacityScalingArgs(
        foundation=foundation,
        alerts=alerts,
        cluster=cluster,
        switch=switch,
        instance_types=settings.instances.types,
        trunking=settings.instances.trunking,
        promise=settings.instances.promise,
        grow=settings.scaling.grow(boot_s=settings.readiness.deadline_s),
        shrink=settings.scaling.shrink(),
    ),
    below_provider,
)
instances = Instances(
    f"{names.cluster}-instances",
    InstancesArgs(
        foundation=foundation,
        cluster=cluster,
        network=network,
        ami_id=ami_id,
        instance_types=settings.instances.types,
        min_size=settings.instances.min_size,
        max_size=settings.instances.max_size,
        on_demand_base=settings.instances.on_demand_base,
        on_demand_percent=settings.instances.on_demand_percent,
        volume_gib=settings.instances.volume_gib,
        trunking=settings.instances.trunking,
        needs=controller.resources,
        ready_deadline_s=settings.readiness.deadline_s,
        drain_deadline_s=settings.draining.deadline_s,
        keep_at_deadline=settings.draining.at_deadline == "keep",
    ),
    below_provider,
)
ReadinessHook(
    f"{names.cluster}-readiness",
    ReadinessHookArgs(group=instances.group, deadline_s=settings.readiness.deadline_s),
    below_provider,
)
DrainingHook(
    f"{names.cluster}-draining",
    DrainingHookArgs(
        group=instances.group,
        deadline_s=settings.draining.deadline_s,
        keep_at_deadline=settings.draining.at_deadline == "keep",
    ),
    below_provider,
)

smallest = instance_fit.smallest(settings.instances.types)
Platform(
    environment=settings.environment,
    region=settings.region,
    account=location.account,
    partition=location.partition,
    zone_ids=[zone.id for zone in zones],
    vpc_id=network.vpc_id,
    vpc_cidr=settings.network.cidr,
    public_subnet_ids=network.public_subnet_ids,
    private_subnet_ids=network.private_subnet_ids,
    cluster_name=cluster.cluster_name,
    cluster_arn=cluster.cluster_arn,
    instance_types=list(settings.instances.types),
    instance_cpu_units=smallest.cpu_units,
    instance_memory_mib=instance_fit.task_memory_mib(smallest),
    tasks_per_instance=smallest.task_slots(trunking=settings.instances.trunking),
    drain_time_s=settings.draining.deadline_s,
    task_exit_time_s=settings.draining.task_exit_time_s,
    log_retention_days=settings.logs.retention_days,
    log_group_prefix=names.log_group(""),
    load_balancer_arn_suffix=load_balancer.arn_suffix,
    load_balancer_dns_name=load_balancer.dns_name,
    load_balancer_zone_id=load_balancer.zone_id,
    load_balancer_security_group_id=load_balancer.security_group_id,
    http_listener_arn=load_balancer.http_listener_arn,
    https_listener_arn=load_balancer.https_listener_arn,
    domain=settings.load_balancer.domain,
    namespace=discovery.namespace,
    namespace_id=discovery.namespace_id,
    alarm_topic_arn=alerts.topic_arn,
    key_arn=foundation.key_arn,
    permissions_boundary_arn=settings.permissions_boundary_arn,
).export()
