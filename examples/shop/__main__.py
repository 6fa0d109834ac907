"""A shop: a frontend with a route, a catalog and a cart that only it may call, a worker for orders, a nightly report.

The catalog has a collector of traces and metrics beside it. The cart puts orders into the worker's queue.
"""

from typing import Any

import pulumi
from ecs_platform import (
    Container,
    Job,
    Platform,
    Route,
    ScheduledTask,
    ScheduledTaskArgs,
    Service,
    ServiceArgs,
    TaskScaling,
    WorkQueue,
    WorkQueueArgs,
    adot_collector,
)

config = pulumi.Config()
image = config.require("image")
platform = Platform.of(config.require("platform"))


def nginx(**environment: pulumi.Input[str]) -> Container:
    """The user that the image is made for, and a request that only a healthy server answers."""
    return Container(user="101:101", health_command=("curl", "-fsS", "http://localhost:8080/"), environment=environment)


def private(**more: Any) -> ServiceArgs:
    """A service that others of the shop call by its private name."""
    return ServiceArgs(platform=platform, image=image, port=8080, discoverable=True, **more)


orders = WorkQueue("orders", WorkQueueArgs(platform=platform))
catalog = Service("catalog", private(container=nginx(), containers=[adot_collector(config.require("collector"))]))
cart = Service("cart", private(container=nginx(ORDERS=orders.url), statements=[orders.send]))
worker = Service(
    "worker",
    ServiceArgs(
        platform=platform,
        image=image,
        container=nginx(ORDERS=orders.url),
        statements=[orders.receive],
        scaling=TaskScaling(
            minimum=0,
            maximum=10,
            cpu_percent=None,
            queue=orders.backlog(acceptable_latency_s=60, message_s=2),
        ),
    ),
)
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
report = ScheduledTask(
    "report",
    ScheduledTaskArgs(
        platform=platform,
        job=Job(image=image, container=Container(user="101:101", command=["nginx", "-T"])),
        schedule="cron(0 3 * * ? *)",
        time_zone="Europe/Berlin",
    ),
)

pulumi.export("url", frontend.url)
pulumi.export("privateUrls", {"catalog": catalog.private_url, "cart": cart.private_url})
pulumi.export("callers", {"frontend": frontend.callers, "catalog": catalog.callers, "cart": cart.callers})
pulumi.export("queue", orders.url)
pulumi.export("schedules", {"report": report.schedule.name})
