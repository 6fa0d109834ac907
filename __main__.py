"""One environment of the platform: settings → components → contract."""

import pulumi
import pulumi_aws as aws

from infra import lookups
from infra import settings as stack_settings
from infra.environment import Environment, Place

settings = stack_settings.load()

provider = aws.Provider("aws", region=settings.region, default_tags={"tags": settings.all_tags})
asking = pulumi.InvokeOptions(provider=provider)
place = Place(
    location=lookups.location(settings.region, asking),
    zones=lookups.zones(settings.network.zones, settings.network.zone_ids, settings.instances.types, asking),
    ami_id=lookups.ami(settings.instances.ami_release, settings.instances.architecture, asking),
)

Environment(settings, place, pulumi.ResourceOptions(providers=[provider])).platform.export()
