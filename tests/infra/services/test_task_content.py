"""Several containers in a task: what ECS gets of them, and what is refused before it exists."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.common.iam import allow
from infra.services.container import Container
from infra.services.egress import Egress
from infra.services.firelens import LogOptions, LogRouter
from infra.services.limits import Limits
from infra.services.service import Service
from infra.services.sidecar import Sidecar, adot_collector, log_router
from infra.services.volume import EbsVolume, EfsVolume, Mount, Scratch
from tests.support.application import IMAGE, a_service
from tests.support.graph import ACCOUNT, REGION
from tests.support.service import graph_from, graph_with, statements

OTHER = IMAGE.replace("0123", "4567")
NOTHING: Any = None
IN_ECR = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/proxy@sha256:{'a' * 64}"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-AbCdEf"
DATA = [Mount(volume="data", path="/data")]


def containers_of(**changes) -> dict[str, dict]:
    definitions = json.loads(graph_with(**changes).one(aws.ecs.TaskDefinition)["containerDefinitions"])
    return {one["name"]: one for one in definitions}


def beside(name="proxy", **changes) -> Sidecar:
    inputs: dict[str, Any] = {"name": name, "image": OTHER}
    return Sidecar(**(inputs | changes))


def test_a_sidecar_has_all_safeguards_and_volumes_of_its_own():
    found = containers_of(containers=[beside(container=Container(writable_paths=["/tmp", "/cache"]))])
    assert list(found) == ["cart", "proxy"]
    assert found["proxy"]["readonlyRootFilesystem"] is True
    assert found["proxy"]["dockerSecurityOptions"] == ["no-new-privileges"]
    assert found["proxy"]["logConfiguration"]["options"]["awslogs-stream-prefix"] == "proxy"
    assert [mount["sourceVolume"] for mount in found["proxy"]["mountPoints"]] == ["proxy-tmp", "proxy-cache"]
    assert [mount["sourceVolume"] for mount in found["cart"]["mountPoints"]] == ["tmp"]


def test_with_exec_every_container_has_the_folders_of_its_agent():
    graph = graph_with(container=Container(exec=True), containers=[beside()])
    definitions = json.loads(graph.one(aws.ecs.TaskDefinition)["containerDefinitions"])
    for one in definitions:
        assert "/managed-agents" in [mount["containerPath"] for mount in one["mountPoints"]]
    volumes = [volume["name"] for volume in graph.one(aws.ecs.TaskDefinition)["volumes"]]
    assert len(volumes) == len(set(volumes)) == 8


def test_what_runs_before_the_application_ends_first():
    migration = beside("migrate", essential=False)
    found = containers_of(container=Container(depends_on={"migrate": "SUCCESS"}), containers=[migration])
    assert found["cart"]["dependsOn"] == [{"containerName": "migrate", "condition": "SUCCESS"}]
    assert found["migrate"]["essential"] is False


def test_a_sidecar_may_wait_for_the_application():
    one = beside(container=Container(depends_on={"cart": "START"}))
    assert containers_of(containers=[one])["proxy"]["dependsOn"][0]["containerName"] == "cart"


def test_images_and_secrets_of_sidecars_are_granted_too():
    proxy = beside(image=IN_ECR, container=Container(secrets={"KEY": SECRET}))
    found = statements(graph_with(containers=[proxy]), "execution")
    actions = {action: one["Resource"] for one in found for action in one["Action"]}
    assert actions["ecr:BatchGetImage"] == [f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/proxy"]
    assert actions["secretsmanager:GetSecretValue"] == [SECRET]


def test_a_collector_ends_alone_and_brings_its_rights():
    graph = graph_with(containers=[adot_collector(OTHER)])
    (_, collector) = json.loads(graph.one(aws.ecs.TaskDefinition)["containerDefinitions"])
    assert collector["essential"] is False
    assert collector["command"] == ["--config=/etc/ecs/ecs-default-config.yaml"]
    assert "xray:PutTraceSegments" in [action for one in statements(graph, "role") for action in one["Action"]]


def test_lines_go_by_the_log_router():
    log = LogOptions(options={"Name": "datadog"}, secrets={"apikey": SECRET})
    found = containers_of(container=Container(log=log), containers=[log_router(OTHER)])
    assert found["cart"]["logConfiguration"] == {
        "logDriver": "awsfirelens",
        "options": {"log-driver-buffer-limit": "8192", "Name": "datadog"},
        "secretOptions": [{"name": "apikey", "valueFrom": SECRET}],
    }
    assert found["log-router"]["logConfiguration"]["logDriver"] == "awslogs"
    assert found["log-router"]["firelensConfiguration"] == {"type": "fluentbit"}


def test_a_file_system_is_mounted_encrypted_and_by_the_task_role_alone():
    volume = EfsVolume(file_system_id="fs-12345678", access_point_id="fsap-12345678")
    graph = graph_with(volumes={"data": volume}, container=Container(mounts=DATA), egress=[Egress.to("sg-0", 2049)])
    (mounted,) = [one for one in graph.one(aws.ecs.TaskDefinition)["volumes"] if one["name"] == "data"]
    assert mounted["efsVolumeConfiguration"] == {
        "fileSystemId": "fs-12345678",
        "transitEncryption": "ENABLED",
        "authorizationConfig": {"accessPointId": "fsap-12345678", "iam": "ENABLED"},
    }
    (statement,) = statements(graph, "role")
    assert statement["Action"] == ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    assert statement["Resource"] == [f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/fs-12345678"]
    assert statement["Condition"]["StringEquals"]["elasticfilesystem:AccessPointArn"] == [
        f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:access-point/fsap-12345678"
    ]


def test_ecs_makes_an_encrypted_volume_for_each_task_by_a_role_of_its_own():
    graph = graph_with(volumes={"data": EbsVolume(size_gib=10)}, container=Container(mounts=DATA))
    (declared,) = [one for one in graph.one(aws.ecs.TaskDefinition)["volumes"] if one["name"] == "data"]
    assert declared["configureAtLaunch"] is True
    managed = graph.one(aws.ecs.Service)["volumeConfiguration"]["managedEbsVolume"]
    assert (managed["encrypted"], managed["volumeType"], managed["sizeInGb"]) == (True, "gp3", 10)
    attachment = graph.one(aws.iam.RolePolicyAttachment)
    (made,) = graph.of(aws.iam.RolePolicyAttachment)
    assert made.urn in graph.of(aws.ecs.Service)[0].depends_on
    assert attachment["policyArn"].endswith(":aws:policy/service-role/AmazonECSInfrastructureRolePolicyForVolumes")
    trust = json.loads(graph.one(aws.iam.Role, "cart-volumes")["assumeRolePolicy"])["Statement"][0]
    assert trust["Principal"] == {"Service": "ecs.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"containers": [beside("cart")]}, "containers: two are called cart"),
        ({"containers": [beside(), beside()]}, "containers: two are called proxy"),
        ({"containers": [beside(f"a{n}") for n in range(10)]}, "containers: a task has 10 at most, got 11"),
        ({"containers": [beside(port=8080)]}, "containers: two listen on port 8080"),
        ({"container": Container(depends_on={"db": "START"})}, "depends_on: cart waits for db, which is no container"),
        (
            {"container": Container(depends_on={"proxy": "HEALTHY"}), "containers": [beside()]},
            "cart waits until proxy is healthy, and that has no health_command",
        ),
        (
            {"container": Container(depends_on={"proxy": "SUCCESS"}), "containers": [beside()]},
            "cart waits until proxy has ended, and the task ends with it; make it essential=False",
        ),
        (
            {
                "container": Container(depends_on={"proxy": "START"}),
                "containers": [beside(container=Container(depends_on={"cart": "START"}))],
            },
            "depends_on: cart, proxy wait for each other",
        ),
        ({"container": Container(depends_on={"cart": "START"})}, "depends_on: cart wait"),
        ({"containers": [beside(container=Container(memory_mib=513))]}, "memory_mib: the containers take 513 together"),
        (
            {"container": Container(cpu_units=200), "containers": [beside(container=Container(cpu_units=57))]},
            "cpu_units: the containers take 257 together, and the task has 256",
        ),
        ({"container": Container(mounts=DATA)}, "mounts: there is no volume data"),
        ({"volumes": {"data": Scratch()}}, "volumes: no container mounts data"),
        (
            {"volumes": {"tmp": Scratch()}, "container": Container(mounts=[Mount(volume="tmp", path="/d")])},
            "volumes: tmp is the volume of a writable path",
        ),
        (
            {
                "volumes": {"data": EbsVolume(size_gib=1), "b": EbsVolume(size_gib=1)},
                "container": Container(mounts=[*DATA, Mount(volume="b", path="/b")]),
            },
            "volumes: a task has one volume of EBS",
        ),
        ({"container": Container(log=LogOptions(options={"Name": "x"}))}, "container: log of the main container needs"),
        (
            {"volumes": {"data": EfsVolume(file_system_id="fs-12345678")}, "container": Container(mounts=DATA)},
            "volumes: data is reached at port 2049; add Egress.to",
        ),
        ({"containers": [log_router(OTHER)]}, "containers: no container has lines for the log router"),
        ({"container": Container(limits=Limits(tmpfs_mib={"/a": 600}))}, "tmpfs_mib and shared_memory_mib of"),
    ],
)
def test_what_ecs_would_refuse_or_never_start_is_a_sentence(changes, says):
    with pytest.raises(pulumi.RunError, match=says) as error:
        graph_with(**changes)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: beside("My_Proxy!"), "Sidecar.name: must be up to 255 of"),
        (lambda: beside(image="envoy:latest"), "Sidecar.image: must have a digest"),
        (lambda: beside(container=Container(exec=True)), "Sidecar.container: exec is of the whole task"),
        (lambda: beside(log_router=LogRouter()), "Sidecar.container: a log router makes its socket as root"),
        (
            lambda: adot_collector(OTHER, configuration=NOTHING),
            "adot_collector: configuration: must be a text, got None",
        ),
        (lambda: beside(image=f"{OTHER}\n"), "Sidecar.image: must have a digest"),
        (lambda: beside(port=70000), "Sidecar.port: must be 1 to 65535, got 70000"),
        (lambda: Limits(ulimits={"files": 1}), "Limits.ulimits: files is none; there are core"),
        (lambda: Limits(system_controls={"vm.swappiness": "1"}), "Limits.system_controls: vm.swappiness is the inst"),
        (lambda: Limits(shared_memory_mib=0), "Limits.shared_memory_mib: must be 1 or more"),
        (lambda: Limits(tmpfs_mib={"keys": 1}), "Limits.tmpfs_mib: must map absolute paths"),
        (lambda: Mount(volume="data", path="data"), "Mount.path: must be the absolute path"),
        (lambda: EfsVolume(file_system_id="efs"), "EfsVolume.file_system_id: must be the id of a file system"),
        (lambda: EfsVolume(file_system_id="fs-12345678", access_point_id="a"), "EfsVolume.access_point_id: must be"),
        (lambda: EbsVolume(size_gib=0), "EbsVolume.size_gib: must be 1 to 16384 GiB, got 0"),
        (lambda: EbsVolume(size_gib=4, iops=4000), "EbsVolume.iops: must be 3000 to 3000, got 4000"),
        (lambda: EbsVolume(size_gib=4, throughput_mib_s=900), "EbsVolume.throughput_mib_s: must be 125 to 750"),
        (lambda: LogOptions(options={}), "LogOptions.options: must name an output"),
        (lambda: LogOptions(options={"a": "b"}, secrets={"a": SECRET}), "LogOptions.secrets: a is in options"),
        (lambda: Container(gpus=-1), "Container.gpus: must be 0 or more"),
        (lambda: Container(memory_mib=5), "Container.memory_mib: must be 6 or more"),
        (lambda: Container(mounts=[Mount(volume="a", path="/tmp")]), "Container.mounts: /tmp is named twice"),
    ],
)
def test_a_value_out_of_its_range_is_a_sentence(make, says):
    with pytest.raises(pulumi.RunError, match=says) as error:
        make()
    assert "\n" not in str(error.value)


def late(value):
    return pulumi.Output.from_input(value)


def unknown() -> pulumi.Output:
    async def nothing():
        return None

    async def never():
        return False

    return pulumi.Output(set(), nothing(), never())


def test_a_preview_shows_all_but_what_nobody_knows_yet():
    def container():
        return Container(
            environment={"URL": unknown(), "MODE": "fast"}, command=["serve", unknown()], secrets={"DB": unknown()}
        )

    graph = graph_of_late(lambda: {"image": unknown(), "container": container()}, preview=True)
    (found,) = json.loads(graph.one(aws.ecs.TaskDefinition)["containerDefinitions"])
    assert found["environment"] == [{"name": "MODE", "value": "fast"}, {"name": "URL", "value": "(known after up)"}]
    assert found["command"] == ["serve", "(known after up)"]
    assert found["readonlyRootFilesystem"] is True
    assert found["image"].startswith("known-after-up@sha256:")


def test_a_preview_shows_what_roles_may_do_but_for_what_nobody_knows_yet():
    def make():
        return {
            "container": Container(environment={"URL": unknown()}),
            "statements": [allow(["s3:GetObject"], [unknown(), "*"])],
            "execution_statements": [allow(["kms:Decrypt"], [unknown()])],
        }

    graph = graph_of_late(make, preview=True)
    assert statements(graph, "role")[0]["Resource"] == ["(known after up)", "*"]
    assert statements(graph, "execution")[-1] == {
        "Effect": "Allow",
        "Action": ["kms:Decrypt"],
        "Resource": ["(known after up)"],
    }


def test_a_digest_of_an_output_is_granted_and_deployed():
    graph = graph_of_late(lambda: {"image": late(IN_ECR), "container": Container(secrets={"DB": late(SECRET)})})
    (found,) = json.loads(graph.one(aws.ecs.TaskDefinition)["containerDefinitions"])
    assert (found["image"], found["secrets"]) == (IN_ECR, [{"name": "DB", "valueFrom": SECRET}])
    granted = [resource for one in statements(graph, "execution") for resource in one["Resource"]]
    assert {SECRET, f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/proxy"} <= set(granted)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"image": "nginx:latest"}, "cart: image: must have a digest"),
        ({"image": 5}, "cart: image: must be a text, got an Output of int"),
        ({"secret": "plain"}, "cart: secrets: DB must be the ARN of a secret"),
        ({"credentials": f"{SECRET}:key::"}, "cart: registry_credentials: must be a whole secret"),
    ],
)
def test_an_output_that_turns_out_wrong_is_a_sentence(changes, says):
    def make():
        container = Container(
            secrets={"DB": late(changes.get("secret", SECRET))},
            registry_credentials=late(changes.get("credentials", SECRET)),
        )
        return {"image": late(changes.get("image", IMAGE)), "container": container}

    with pytest.raises(pulumi.RunError, match=says) as error:
        graph_of_late(make)
    assert "\n" not in str(error.value)


def graph_of_late(make, *, preview=False):
    return graph_from(lambda: Service("cart", a_service(**make())), preview=preview)


@given(st.lists(st.integers(2, 100), min_size=2, max_size=5))
def test_a_chain_of_containers_stops_one_after_another(timeouts):
    names = [f"c{n}" for n in range(len(timeouts))]
    containers = [
        beside(name, container=Container(stop_timeout_s=stop, depends_on={before: "START"} if before else {}))
        for name, stop, before in zip(names, timeouts, [None, *names], strict=False)
    ]
    args = a_service(containers=containers, container=Container(stop_timeout_s=7))
    assert args.requirements("cart").stop_time_s == max(7, sum(timeouts))
