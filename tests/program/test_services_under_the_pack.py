"""Services as applications have them keep every rule of the pack, in both profiles and in a preview."""

import pulumi
import pulumi_aws as aws
import pytest

from infra import (
    ONE_TASK,
    STOP_FIRST,
    Caller,
    Canary,
    Container,
    Deployment,
    EbsVolume,
    EfsVolume,
    Egress,
    LifecycleHook,
    Limits,
    LogOptions,
    MetricTarget,
    Mount,
    NetworkLoadBalancer,
    NetworkLoadBalancerArgs,
    Platform,
    Port,
    PortHealthCheck,
    QueueTarget,
    Route,
    ScheduledBounds,
    Scratch,
    Service,
    ServiceArgs,
    Sidecar,
    TaskScaling,
    adot_collector,
    log_router,
)
from tests.program.detuned_shift import DETUNED_SHIFTS
from tests.program.pack_on_graph import report_of, shop_report, shop_resources
from tests.support.ports import CERTIFICATE, EDGE
from tests.support.shop import CONFIG, shop
from tools.graph_changes import detuned

KEY = "arn:aws:kms:eu-central-1:123456789012:key/0123"
IMAGE = CONFIG["shop:image"]
SINGLETON = ("service-desired-at-least-two", "clock-service")


def program() -> None:
    platform = Platform.of(CONFIG["shop:platform"])
    queue = aws.sqs.Queue("work", sqs_managed_sse_enabled=True, tags={"a": "b"})
    volumes = {"work": Scratch(), "files": EfsVolume(file_system_id="fs-12345678"), "disk": EbsVolume(size_gib=20)}
    web = Service(
        "web",
        ServiceArgs(
            platform=platform,
            image=pulumi.Output.from_input(IMAGE),
            port=8080,
            route=Route(path="/web*"),
            memory_mib=1024,
            container=Container(
                environment={"QUEUE": queue.name},
                mounts=[Mount(volume=name, path=f"/{name}") for name in volumes],
                log=LogOptions(options={"Name": "cloudwatch_logs"}),
                depends_on={"migrate": "SUCCESS"},
                limits=Limits(ulimits={"nofile": 65536}, shared_memory_mib=128),
            ),
            containers=[
                log_router(IMAGE),
                adot_collector(IMAGE),
                Sidecar(name="migrate", image=IMAGE, essential=False, container=Container(command=["migrate"])),
            ],
            volumes=volumes,
            egress=[Egress.to("sg-0da7aba5e", 5432), Egress.to_prefix_list("pl-0a", 443), Egress.to("sg-0f11e5", 2049)],
            scaling=TaskScaling(
                metric=MetricTarget(namespace="Shop", name="Waiting", value=10),
                schedules=[
                    ScheduledBounds(name="day", schedule="cron(0 8 ? * MON-FRI *)", minimum=4),
                    ScheduledBounds(name="night", schedule="cron(0 20 ? * MON-FRI *)", minimum=2),
                ],
            ),
        ),
    )
    web.allow_from(Caller("office", prefix_list_id="pl-0b"))
    behind_network_load_balancers(platform, web.as_caller)
    backlog = QueueTarget(queue_name=queue.name, acceptable_latency_s=60, message_s=2)
    alive = Container(health_command=["alive"])
    from_none = TaskScaling(minimum=0, maximum=20, cpu_percent=None, queue=backlog)
    usual = {"platform": platform, "image": IMAGE, "container": alive}
    look = LifecycleHook(
        function_arn="arn:aws:lambda:eu-central-1:123456789012:function:look", stages=["POST_TEST_TRAFFIC_SHIFT"]
    )
    shift = Canary(percent=10, test_header="x-test", hooks=[look])
    routed = {"platform": platform, "image": IMAGE, "port": 8080, "deployment": Deployment(shift=shift)}
    Service("checkout", ServiceArgs(**routed, route=Route(path="/checkout*")))
    Service("worker", ServiceArgs(**usual, scaling=from_none))
    Service("clock", ServiceArgs(**usual, scaling=ONE_TASK, deployment=STOP_FIRST))


def behind_network_load_balancers(platform: Platform, web: Caller) -> None:
    """One inside, one outside, and one of another stack."""
    inner = NetworkLoadBalancer("inner", NetworkLoadBalancerArgs(platform=platform))
    outer = NetworkLoadBalancer(
        "outer", NetworkLoadBalancerArgs(platform=platform, internal=False, access_logs_bucket="logs")
    )
    lan, everybody = Caller("lan", cidr="10.20.0.0/16"), Caller("everybody", cidr="0.0.0.0/0")
    secure = {"protocol": "TLS", "certificate_arn": CERTIFICATE, "preserve_client_ip": True}
    Service(
        "broker",
        ServiceArgs(
            platform=platform,
            image=IMAGE,
            ports=[
                Port(port=1883, balancer=inner, allow_from=[web, lan], proxy_protocol=True),
                Port(port=1883, balancer=outer, listens_on=8883, allow_from=[everybody], **secure),
                Port(port=5672, balancer=EDGE, allow_from=[web]),
            ],
        ),
    )
    check = PortHealthCheck(port=8080, protocol="HTTP", path="/health")
    collects = {"platform": platform, "image": IMAGE}
    Service("syslog", ServiceArgs(**collects, ports=[
        Port(port=514, balancer=inner, protocol="UDP", allow_from=[lan], health_check=check)]))  # fmt: skip
    Service("names", ServiceArgs(**collects, ports=[
        Port(port=53, balancer=outer, protocol="TCP_UDP", allow_from=[everybody])]))  # fmt: skip


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(("profile", "exempt"), [("development", []), ("production", [SINGLETON])])
def test_only_a_singleton_has_to_be_exempt_in_production(preview, profile, exempt):
    report = shop_report(shop(program=program, preview=preview, keyArn=KEY), profile)
    assert [(one.rule, one.urn.rpartition("::")[2]) for one in report.findings] == exempt


@pytest.mark.parametrize(("change", "rules"), DETUNED_SHIFTS)
def test_a_shift_that_is_detuned_is_noticed(change, rules):
    found = detuned(shop_resources(shop(program=program, preview=False, keyArn=KEY)), [change])
    report = report_of(found, "development")
    assert {one.rule for one in report.findings} == rules
