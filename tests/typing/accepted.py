"""What applications write and a type checker has to accept. pyright reads it; nothing runs it."""

from typing import Any

import pulumi
import pulumi_aws as aws

from infra import (
    DENSE,
    ZONES,
    Caller,
    CognitoLogin,
    Container,
    Daemon,
    DaemonArgs,
    Deployment,
    Domain,
    DomainArgs,
    EcrRepository,
    EcrRepositoryArgs,
    HealthCheck,
    HostPath,
    Job,
    Mount,
    OidcLogin,
    Password,
    Placement,
    Platform,
    PullThroughCache,
    PullThroughCacheArgs,
    Redirect,
    Route,
    ScheduledTask,
    ScheduledTaskArgs,
    Scratch,
    Secret,
    SecretArgs,
    Service,
    ServiceArgs,
    TaskScaling,
    allow,
)

IMAGE = "nginx@sha256:" + "0" * 64
platform: Platform = Platform.of("organization/ecs-platform/dev")
alarm = aws.cloudwatch.MetricAlarm("late", comparison_operator="LessThanThreshold", evaluation_periods=1)
words = ["serve", "--port", "8080"]
statement: dict[str, Any] = allow(["s3:GetObject"], ("arn:aws:s3:::a/*",), {"Bool": {"aws:SecureTransport": "true"}})

catalog = Service("catalog", ServiceArgs(platform=platform, image=IMAGE, port=8080, discoverable=True))
frontend = Service(
    "frontend",
    ServiceArgs(
        platform=platform,
        image=IMAGE,
        port=8080,
        container=Container(
            command=[*words, "--late", alarm.name],
            environment={"CATALOG": catalog.private_url, "MODE": "fast"},
            health_command=("curl", "-f", "http://localhost:8080/"),
            user=None,
        ),
        route=Route(host="shop.example.com", health_check=HealthCheck(path="/health")),
        statements=[statement, allow(["cloudwatch:DescribeAlarms"], [alarm.arn])],
        scaling=TaskScaling(requests_per_minute=600, cpu_percent=None),
        deployment=Deployment(alarm_names=["mine", alarm.name]),
        placement=Placement(strategies=[ZONES, DENSE], constraints=["attribute:ecs.instance-type =~ g5.*"]),
    ),
    pulumi.ResourceOptions(protect=True),
)
Deployment(alarm_names=[alarm.name])
Deployment(alarm_names=("mine", alarm.name))

catalog.allow_from(frontend)
catalog.allow_from(Caller("web", pulumi.StackReference("organization/web/dev").require_output("group")))

report = ScheduledTask(
    "nightly-report",
    ScheduledTaskArgs(
        platform=platform,
        job=Job(image=pulumi.Output.from_input(IMAGE), container=Container(command=["report"]), statements=[statement]),
        schedule="cron(0 3 * * ? *)",
        time_zone="Europe/Berlin",
        flexible_window_minutes=15,
    ),
)
catalog.allow_from(report.as_caller)
schedule: aws.scheduler.Schedule = report.schedule

agent = Daemon(
    "agent",
    DaemonArgs(
        platform=platform,
        image=pulumi.Output.from_input(IMAGE),
        port=9100,
        container=Container(mounts=[Mount(volume="logs", path="/host/log", read_only=True)]),
        volumes={"logs": HostPath(path="/var/log"), "work": Scratch()},
        constraints=["attribute:ecs.instance-type =~ g5.*"],
        alarm_names=[alarm.name],
        transform={"log_group": lambda args: args.update(retention_in_days=1)},
    ),
)
agent.allow_from(frontend)
agent.allow_from(Caller("prometheus", prefix_list_id="pl-0"))
catalog.allow_from(agent.as_caller)
daemon_service: aws.ecs.Service = agent.service

pulumi.export("url", frontend.url)
service: aws.ecs.Service = frontend.service
security_group: aws.ec2.SecurityGroup = frontend.security_group
target_group: aws.lb.TargetGroup | None = frontend.target_group

repository = EcrRepository(
    "shop", EcrRepositoryArgs(platform=platform, pull_accounts=["123456789012"], kept_images=None)
)
token = Secret("ecr-pullthroughcache/hub", SecretArgs(value=pulumi.Output.json_dumps({"username": "shop"})))
hub = PullThroughCache("hub", PullThroughCacheArgs(upstream="ghcr.io", prefix="hub", credential_arn=token.arn))
database = Secret("database", SecretArgs(platform=platform, value=Password(length=30)), pulumi.ResourceOptions())
later = Secret("later", SecretArgs(value=None))
given = Secret("given", SecretArgs(value=pulumi.Config().require_secret("given")))
ServiceArgs(
    platform=platform,
    image=repository.image(pulumi.Config().require("digest")),
    container=Container(secrets={"DB": database.arn, "TOKEN": later.key("token"), "WHOLE": "arn:of:one"}),
)
ServiceArgs(platform=platform, image=hub.image("team/web", pulumi.Output.from_input("sha256:...")))
password: pulumi.Output[str] | None = database.password
ecr: aws.ecr.Repository = repository.repository
elsewhere = Domain("elsewhere", DomainArgs(platform=platform, domain="example.org", hosted_zone_id=alarm.name))
certificate_arn: pulumi.Output[str] = elsewhere.certificate_arn
Domain("own", DomainArgs(platform=platform, domain="example.net", certificate_arn=certificate_arn))

shop = Service(
    "shop",
    ServiceArgs(
        platform=platform,
        image=IMAGE,
        port=8080,
        domains=[elsewhere.domain],
        routes=[
            Route(path="/shop*", slow_start_s=60),
            Route(path="/shop*", methods=("POST", "PUT"), headers={"X-Beta": "yes", "X-Team": ["a", "b"]}),
            Route(path="/shop*", query={"version": "2"}, source_cidrs=["192.0.2.0/24"]),
            Route(host="www.example.com", redirect=Redirect(host="example.com", status="HTTP_302")),
            Route(
                path="/admin*",
                login=OidcLogin(
                    issuer="https://id.example",
                    authorization_endpoint="https://id.example/authorize",
                    token_endpoint="https://id.example/token",
                    user_info_endpoint="https://id.example/me",
                    client_id="shop",
                    client_secret=pulumi.Config("shop").require_secret("clientSecret"),
                    unauthenticated="deny",
                ),
            ),
            Route(path="/me*", login=CognitoLogin(user_pool_arn=alarm.arn, client_id="shop", domain="shop")),
            Route(path="/api.Catalog/*", port=9000, protocol="GRPC", health_check=HealthCheck(matcher="0,12")),
        ],
    ),
)
target_groups: list[aws.lb.TargetGroup] = shop.target_groups
pulumi.export("urls", shop.urls)
