"""What a type checker has to refuse, and the library as well, in one sentence: not everybody has a checker.

pyright fails where one of the comments ignores nothing; test_refused.py calls each.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=error

from collections.abc import Callable
from typing import Any

import pulumi

from infra import (
    Container,
    DaemonArgs,
    Deployment,
    EbsVolume,
    EcrRepositoryArgs,
    HealthCheck,
    HostPath,
    Job,
    Limits,
    Mount,
    Placement,
    Platform,
    Redirect,
    Route,
    ScheduledTaskArgs,
    SecretArgs,
    ServiceArgs,
    Sidecar,
    TaskScaling,
    allow,
)

IMAGE = "nginx@sha256:" + "0" * 64


def refused(platform: Platform) -> dict[str, Callable[[], Any]]:
    """Start of the sentence → what is refused."""
    return {
        "Container.command: must be a list of texts, got 'npm start'; write ['npm', 'start']": lambda: Container(
            command="npm start",  # pyright: ignore[reportArgumentType]
        ),
        "Container.command: must be a list of texts, got 8080 among them; write '8080'": lambda: Container(
            command=["--port", 8080],  # pyright: ignore[reportArgumentType]
        ),
        "Container.health_command: must be a list of texts, got 'curl -f http://localhost/ || exit 1'; write ['sh', '-c', 'curl -f http://localhost/ || exit 1']": lambda: (
            Container(
                health_command="curl -f http://localhost/ || exit 1",  # pyright: ignore[reportArgumentType]
            )
        ),
        "Container.writable_paths: must be a list of texts, got '/tmp'; write ['/tmp']": lambda: Container(
            writable_paths="/tmp",  # pyright: ignore[reportArgumentType]
        ),
        "Container.environment: must map names to texts, got ['MODE=fast']": lambda: Container(
            environment=["MODE=fast"],  # pyright: ignore[reportArgumentType]
        ),
        "Container.environment: PORT must be a text, got 8080; write '8080'": lambda: Container(
            environment={"PORT": 8080},  # pyright: ignore[reportArgumentType]
        ),
        "Container.secrets: must map names to texts, got something else": lambda: Container(
            secrets=["arn:aws:ssm:eu-central-1:123456789012:parameter/a"],  # pyright: ignore[reportArgumentType]
        ),
        "Container.user: must be a text, got 1000; write '1000'": lambda: Container(
            user=1000,  # pyright: ignore[reportArgumentType]
        ),
        "Deployment.alarm_names: must be a list of texts, got 'late'; write ['late']": lambda: Deployment(
            alarm_names="late",  # pyright: ignore[reportArgumentType]
        ),
        "Placement.constraints: must be a list of texts, got 'attribute:ecs.instance-type =~ g5.*'; write ['attribute:ecs.instance-type =~ g5.*']": lambda: (
            Placement(
                constraints="attribute:ecs.instance-type =~ g5.*",  # pyright: ignore[reportArgumentType]
            )
        ),
        "Placement.strategies: must be a list of ServiceOrderedPlacementStrategyArgs, got 'spread' among them; write [ZONES, INSTANCES]": lambda: (
            Placement(
                strategies=["spread"],  # pyright: ignore[reportArgumentType]
            )
        ),
        "Route.protocol: must be HTTP1 or HTTP2 or GRPC, got 'grpc'; did you mean 'GRPC'?": lambda: Route(
            protocol="grpc",  # pyright: ignore[reportArgumentType]
        ),
        "ServiceArgs.domains: must be a list of texts, got 'example.org'; write ['example.org']": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            domains="example.org",  # pyright: ignore[reportArgumentType]
        ),
        "Route.redirect: must be a Redirect, got '/new'; write Redirect(path='/new')": lambda: Route(
            path="/old",
            redirect="/new",  # pyright: ignore[reportArgumentType]
        ),
        "Redirect.status: must be HTTP_301 or HTTP_302, got 301": lambda: Redirect(
            path="/new",
            status=301,  # pyright: ignore[reportArgumentType]
        ),
        "Route.methods: must be a list of texts, got 'GET'; write ['GET']": lambda: Route(
            methods="GET",  # pyright: ignore[reportArgumentType]
        ),
        "Route.query: version must be a text, got 2; write '2'": lambda: Route(
            query={"version": 2},  # pyright: ignore[reportArgumentType]
        ),
        "Route.port: must be a whole number, got '8080'; write 8080": lambda: Route(
            port="8080",  # pyright: ignore[reportArgumentType]
        ),
        "Container.environment: DB must be a text, got a dict": lambda: Container(
            environment={"DB": {"port": 5432}},  # pyright: ignore[reportArgumentType]
        ),
        "Container.environment: TLS must be a text, got True; write 'True'": lambda: Container(
            environment={"TLS": True},  # pyright: ignore[reportArgumentType]
        ),
        "Container.writable_paths: must be a list of texts that the program knows, got an Output among them; write the text": lambda: (
            Container(
                writable_paths=[pulumi.Output.from_input("/tmp")],  # pyright: ignore[reportArgumentType]
            )
        ),
        "Container.exec: must be True or False, got 'no'": lambda: Container(
            exec="no",  # pyright: ignore[reportArgumentType]
        ),
        "Container.init_process: must be True or False, got 0": lambda: Container(
            init_process=0,  # pyright: ignore[reportArgumentType]
        ),
        "Deployment.grace_s: must be a whole number of seconds, got 1.5": lambda: Deployment(
            grace_s=1.5,  # pyright: ignore[reportArgumentType]
        ),
        "TaskScaling.minimum: must be a whole number, got '2'; write 2": lambda: TaskScaling(
            minimum="2",  # pyright: ignore[reportArgumentType]
        ),
        "Route.host: must be a text, got ['a.example.com']": lambda: Route(
            host=["a.example.com"],  # pyright: ignore[reportArgumentType]
        ),
        "Route.health_check: must be a HealthCheck, got '/health'; write HealthCheck(path='/health')": lambda: Route(
            health_check="/health",  # pyright: ignore[reportArgumentType]
        ),
        "HealthCheck.matcher: must be a text, got 200; write '200'": lambda: HealthCheck(
            matcher=200,  # pyright: ignore[reportArgumentType]
        ),
        "ServiceArgs.discoverable: must be True or False, got 'false'": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            port=8080,
            discoverable="false",  # pyright: ignore[reportArgumentType]
        ),
        "ServiceArgs.execution_statements: must be a list of statements, got 'kms:Decrypt' among them; write [allow([...], [...])]": lambda: (
            ServiceArgs(
                platform=platform,
                image=IMAGE,
                execution_statements=["kms:Decrypt"],  # pyright: ignore[reportArgumentType]
            )
        ),
        "Placement.strategies: must be a list of ServiceOrderedPlacementStrategyArgs, got 'spread'; write [ZONES, INSTANCES]": lambda: (
            Placement(
                strategies="spread",  # pyright: ignore[reportArgumentType]
            )
        ),
        "ServiceArgs.route: must be a Route, got 'shop.example.com'; write Route(host='shop.example.com')": lambda: (
            ServiceArgs(
                platform=platform,
                image=IMAGE,
                port=8080,
                route="shop.example.com",  # pyright: ignore[reportArgumentType]
            )
        ),
        "ServiceArgs.platform: must be a Platform, got 'organization/ecs-platform/dev'; write Platform.of('organization/ecs-platform/dev')": lambda: (
            ServiceArgs(
                platform="organization/ecs-platform/dev",  # pyright: ignore[reportArgumentType]
                image=IMAGE,
            )
        ),
        "ServiceArgs.scaling: must be a TaskScaling, got 3": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            scaling=3,  # pyright: ignore[reportArgumentType]
        ),
        "ServiceArgs.container: must be a Container, got 'nginx'": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            container="nginx",  # pyright: ignore[reportArgumentType]
        ),
        "ServiceArgs.statements: must be a list of statements, got a dict; write a list, [...]": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            statements=allow(["s3:GetObject"], ["*"]),  # pyright: ignore[reportArgumentType]
        ),
        "ServiceArgs.cpu_units: must be a whole number of CPU units, got '256'; write 256": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            cpu_units="256",  # pyright: ignore[reportArgumentType]
        ),
        "Route.path: must be a text, got 8080; write '8080'": lambda: Route(
            path=8080,  # pyright: ignore[reportArgumentType]
        ),
        "allow: actions: must be a list of texts, got 's3:GetObject'; write ['s3:GetObject']": lambda: allow(
            "s3:GetObject",  # pyright: ignore[reportArgumentType]
            ["*"],
        ),
        "allow: resources: must be a list of texts, got '*'; write ['*']": lambda: allow(
            ["s3:GetObject"],
            "*",  # pyright: ignore[reportArgumentType]
        ),
        "ServiceArgs.memory_mib: must be a whole number of MiB, got '1GB'; write 1024": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            memory_mib="1GB",  # pyright: ignore[reportArgumentType]
        ),
        "ServiceArgs.cpu_units: must be a whole number of CPU units, got '0.5 vCPU'; write 512": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            cpu_units="0.5 vCPU",  # pyright: ignore[reportArgumentType]
        ),
        "Container.stop_timeout_s: must be a whole number of seconds, got '2m'; write 120": lambda: Container(
            stop_timeout_s="2m",  # pyright: ignore[reportArgumentType]
        ),
        "ServiceArgs.port: must be a whole number, got '8080'; write 8080": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            port="8080",  # pyright: ignore[reportArgumentType]
        ),
        "ServiceArgs.port: must be a whole number that the program knows, got an Output": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            port=pulumi.Output.from_input(8080),  # pyright: ignore[reportArgumentType]
        ),
        "ServiceArgs.route: must be a Route, got a dict; write Route(path=...)": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            port=8080,
            route={"path": "/a"},  # pyright: ignore[reportArgumentType]
        ),
        "ServiceArgs.imag: there is no such input; did you mean image?": lambda: ServiceArgs(
            platform=platform,
            imag=IMAGE,  # pyright: ignore[reportCallIssue]
        ),
        "ServiceArgs.image: is missing, and has no default": lambda: ServiceArgs(  # pyright: ignore[reportCallIssue]
            platform=platform,
        ),
        "Route: inputs must be given by names, got a str without one; write host=...": lambda: Route(
            "/a",  # pyright: ignore[reportCallIssue]
        ),
        "ServiceArgs.containers: must be a list of Sidecars, got 'envoy'": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            containers="envoy",  # pyright: ignore[reportArgumentType]
        ),
        "ServiceArgs.volumes: data must be a Scratch or an EfsVolume or an EbsVolume, got 'fs-1'": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            volumes={"data": "fs-1"},  # pyright: ignore[reportArgumentType]
        ),
        "Container.depends_on: db must be START or COMPLETE or SUCCESS or HEALTHY, got 'healthy'; "
        "did you mean 'HEALTHY'?": lambda: Container(
            depends_on={"db": "healthy"},  # pyright: ignore[reportArgumentType]
        ),
        "Container.mounts: must be a list of Mounts, got Mount(": lambda: Container(
            mounts=Mount(volume="data", path="/data"),  # pyright: ignore[reportArgumentType]
        ),
        "Limits.ulimits: nofile must be a whole number, got '65536'; write 65536": lambda: Limits(
            ulimits={"nofile": "65536"},  # pyright: ignore[reportArgumentType]
        ),
        "Sidecar.essential: must be True or False, got 'no'": lambda: Sidecar(
            name="envoy",
            image=IMAGE,
            essential="no",  # pyright: ignore[reportArgumentType]
        ),
        "EbsVolume.size_gib: must be a whole number of GiB, got '1TB'; write 1024": lambda: EbsVolume(
            size_gib="1TB",  # pyright: ignore[reportArgumentType]
        ),
        "ScheduledTaskArgs.job: must be a Job, got a dict; write Job(image=...)": lambda: ScheduledTaskArgs(
            platform=platform,
            job={"image": "a@sha256:0"},  # pyright: ignore[reportArgumentType]
            schedule="rate(1 day)",
        ),
        "ScheduledTaskArgs.schedule: must be a text, got 12": lambda: ScheduledTaskArgs(
            platform=platform,
            job=Job(image=IMAGE),
            schedule=12,  # pyright: ignore[reportArgumentType]
        ),
        "ScheduledTaskArgs.retry_age_s: must be a whole number of seconds, got '2h'; write 7200": lambda: (
            ScheduledTaskArgs(
                platform=platform,
                job=Job(image=IMAGE),
                schedule="rate(1 day)",
                retry_age_s="2h",  # pyright: ignore[reportArgumentType]
            )
        ),
        "DaemonArgs.scaling: there is no such input": lambda: DaemonArgs(
            platform=platform,
            image=IMAGE,
            scaling=None,  # pyright: ignore[reportCallIssue]
        ),
        "DaemonArgs.constraints: must be a list of texts, got 'a == b'": lambda: DaemonArgs(
            platform=platform,
            image=IMAGE,
            constraints="a == b",  # pyright: ignore[reportArgumentType]
        ),
        "DaemonArgs.volumes: logs must be a Scratch or an EfsVolume or a HostPath, got": lambda: DaemonArgs(
            platform=platform,
            image=IMAGE,
            volumes={"logs": EbsVolume(size_gib=1)},  # pyright: ignore[reportArgumentType]
        ),
        "ServiceArgs.volumes: logs must be ": lambda: ServiceArgs(
            platform=platform,
            image=IMAGE,
            volumes={"logs": HostPath(path="/var/log")},  # pyright: ignore[reportArgumentType]
        ),
        "Job.port: there is no such input": lambda: Job(
            image=IMAGE,
            port=8080,  # pyright: ignore[reportCallIssue]
        ),
        "EcrRepositoryArgs.pull_accounts: must be a list of texts, got '123456789012'; write ['123456789012']": lambda: (
            EcrRepositoryArgs(
                pull_accounts="123456789012",  # pyright: ignore[reportArgumentType]
            )
        ),
        "SecretArgs.value: must be a Password, got something else; write Password(), ": lambda: SecretArgs(
            value="hunter2",  # pyright: ignore[reportArgumentType]
        ),
    }
