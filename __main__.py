"""One environment of the platform: settings → components → contract."""

import pulumi
import pulumi_aws as aws

from infra import lookups
from infra import settings as stack_settings
from infra.cluster import Cluster, ClusterArgs
from infra.encryption import Encryption, EncryptionArgs
from infra.foundation import Foundation
from infra.names import Names
from infra.network import Network, NetworkArgs

settings = stack_settings.load()
names = Names(settings.environment)

provider = aws.Provider("aws", region=settings.region, default_tags={"tags": settings.all_tags})
below_provider = pulumi.ResourceOptions(providers=[provider])
asking = pulumi.InvokeOptions(provider=provider)
location = lookups.location(settings.region, asking)
zones = lookups.zones(settings.network.zones, settings.network.zone_ids, asking)

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

network = Network(
    names.cluster,
    NetworkArgs(
        foundation=foundation,
        cidr=settings.network.cidr,
        zones=zones,
        nat=settings.network.nat,
        interface_endpoints=settings.network.interface_endpoints,
    ),
    below_provider,
)
cluster = Cluster(
    names.cluster,
    ClusterArgs(foundation=foundation, container_insights=settings.cluster.container_insights),
    below_provider,
)

pulumi.export("region", settings.region)
pulumi.export("zoneIds", [zone.id for zone in zones])
pulumi.export("vpcId", network.vpc_id)
pulumi.export("publicSubnetIds", network.public_subnet_ids)
pulumi.export("privateSubnetIds", network.private_subnet_ids)
pulumi.export("clusterName", cluster.cluster_name)
pulumi.export("clusterArn", cluster.cluster_arn)
