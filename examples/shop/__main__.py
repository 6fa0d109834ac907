"""A shop: a frontend with a route, and a catalog and a cart that only the frontend may call."""

import pulumi
from ecs_platform import Container, Platform, Route, Service, ServiceArgs, TaskScaling

config = pulumi.Config()
image = config.require("image")
platform = Platform.of(config.require("platform"))
# The user that the image is made for, and a request that only a healthy server answers.
as_nginx = Container(user="101:101", health_command=("curl", "-fsS", "http://localhost:8080/"))

catalog = Service(
    "catalog", ServiceArgs(platform=platform, image=image, port=8080, container=as_nginx, discoverable=True)
)
cart = Service("cart", ServiceArgs(platform=platform, image=image, port=8080, container=as_nginx, discoverable=True))
frontend = Service(
    "frontend",
    ServiceArgs(
        platform=platform,
        image=image,
        port=8080,
        container=Container(
            user="101:101", environment={"CATALOG_URL": catalog.private_url, "CART_URL": cart.private_url}
        ),
        route=Route(host=config.get("host"), path="/*"),
        scaling=TaskScaling(minimum=2, maximum=6, requests_per_minute=600),
    ),
)
catalog.allow_from(frontend)
cart.allow_from(frontend)

pulumi.export("url", frontend.url)
pulumi.export("privateUrls", {"catalog": catalog.private_url, "cart": cart.private_url})
pulumi.export("callers", {"frontend": frontend.callers, "catalog": catalog.callers, "cart": cart.callers})
