"""What a type checker has to refuse, and the library as well, in one sentence: not everybody has a checker.

pyright fails where one of the comments ignores nothing; test_refused.py calls each.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=error

from collections.abc import Callable
from typing import Any

import pulumi

from infra import Container, Deployment, HealthCheck, Placement, Platform, Route, ServiceArgs, TaskScaling, allow

IMAGE = "nginx@sha256:" + "0" * 64


def refused(platform: Platform) -> dict[str, Callable[[], Any]]:
    """Start of the sentence → what is refused."""
    return {
        "command: must be a list of texts, got 'npm start'": lambda: Container(
            command="npm start",  # pyright: ignore[reportArgumentType]
        ),
        "command: must be a list of texts, got 8080 among them; write '8080'": lambda: Container(
            command=["--port", 8080],  # pyright: ignore[reportArgumentType]
        ),
        "health_command: must be a list of texts, got 'curl -f": lambda: Container(
            health_command="curl -f http://localhost/ || exit 1",  # pyright: ignore[reportArgumentType]
        ),
        "writable_paths: must be a list of texts, got '/tmp'": lambda: Container(
            writable_paths="/tmp",  # pyright: ignore[reportArgumentType]
        ),
        "environment: must map names to texts, got ['MODE=fast']": lambda: Container(
            environment=["MODE=fast"],  # pyright: ignore[reportArgumentType]
        ),
        "environment: PORT must be a text, got 8080; write '8080'": lambda: Container(
            environment={"PORT": 8080},  # pyright: ignore[reportArgumentType]
        ),
        "secrets: must map names to ARNs": lambda: Container(
            secrets=["arn:aws:ssm:eu-central-1:123456789012:parameter/a"],  # pyright: ignore[reportArgumentType]
        ),
        "user: must be a text, got 1000": lambda: Container(
            user=1000,  # pyright: ignore[reportArgumentType]
        ),
        "alarm_names: must be a list of texts, got 'late'": lambda: Deployment(
            alarm_names="late",  # pyright: ignore[reportArgumentType]
        ),
        "constraints: must be a list of texts, got 'attribute:": lambda: Placement(
            constraints="attribute:ecs.instance-type =~ g5.*",  # pyright: ignore[reportArgumentType]
        ),
        "strategies: must be ZONES, INSTANCES, DENSE or others of the API, got 'spread'": lambda: Placement(
            strategies=["spread"],  # pyright: ignore[reportArgumentType]
        ),
        "environment: DB must be a text, got {'port': 5432}": lambda: Container(
            environment={"DB": {"port": 5432}},  # pyright: ignore[reportArgumentType]
        ),
        "environment: TLS must be a text, got True; write 'True'": lambda: Container(
            environment={"TLS": True},  # pyright: ignore[reportArgumentType]
        ),
        "writable_paths: must be a list of texts that the program knows, got an Output": lambda: Container(
            writable_paths=[pulumi.Output.from_input("/tmp")],  # pyright: ignore[reportArgumentType]
        ),
        "exec: must be True or False, got 'no'": lambda: Container(
            exec="no",  # pyright: ignore[reportArgumentType]
        ),
        "init_process: must be True or False, got 0": lambda: Container(
            init_process=0,  # pyright: ignore[reportArgumentType]
        ),
        "grace_s: must be a whole number, got 1.5": lambda: Deployment(
            grace_s=1.5,  # pyright: ignore[reportArgumentType]
        ),
        "minimum: must be a whole number, got '2'": lambda: TaskScaling(
            minimum="2",  # pyright: ignore[reportArgumentType]
        ),
        "host: must be a text, got ['a.example.com']": lambda: Route(
            host=["a.example.com"],  # pyright: ignore[reportArgumentType]
        ),
        "health_check: must be a HealthCheck, got '/health'": lambda: Route(
            health_check="/health",  # pyright: ignore[reportArgumentType]
        ),
        "matcher: must be a text, got 200; write '200'": lambda: HealthCheck(
            matcher=200,  # pyright: ignore[reportArgumentType]
        ),
        "image: must be a text, got an Output": lambda: ServiceArgs(
            platform=platform,
            image=pulumi.Output.from_input(IMAGE),  # pyright: ignore[reportArgumentType]
        ),
        "discoverable: must be True or False, got 'false'": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            port=8080,
            discoverable="false",  # pyright: ignore[reportArgumentType]
        ),
        "execution_statements: must be a list of statements, got ['kms:Decrypt']": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            execution_statements=["kms:Decrypt"],  # pyright: ignore[reportArgumentType]
        ),
        "strategies: must be a list of strategies, got 'spread'": lambda: Placement(
            strategies="spread",  # pyright: ignore[reportArgumentType]
        ),
        "route: must be a Route, got 'shop.example.com'": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            port=8080,
            route="shop.example.com",  # pyright: ignore[reportArgumentType]
        ),
        "platform: must be a Platform, got 'organization/ecs-platform/dev'": lambda: ServiceArgs(
            platform="organization/ecs-platform/dev",  # pyright: ignore[reportArgumentType]
            image=IMAGE,
        ),
        "scaling: must be a TaskScaling, got 3": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            scaling=3,  # pyright: ignore[reportArgumentType]
        ),
        "container: must be a Container, got 'nginx'": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            container="nginx",  # pyright: ignore[reportArgumentType]
        ),
        "statements: must be a list of statements, got {'Effect'": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            statements=allow(["s3:GetObject"], ["*"]),  # pyright: ignore[reportArgumentType]
        ),
        "cpu_units: must be a whole number, got '256'": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            cpu_units="256",  # pyright: ignore[reportArgumentType]
        ),
        "path: must be a text, got 8080": lambda: Route(
            path=8080,  # pyright: ignore[reportArgumentType]
        ),
        "actions: must be a list of texts, got 's3:GetObject'": lambda: allow(
            "s3:GetObject",  # pyright: ignore[reportArgumentType]
            ["*"],
        ),
        "resources: must be a list of texts, got '*'": lambda: allow(
            ["s3:GetObject"],
            "*",  # pyright: ignore[reportArgumentType]
        ),
    }
