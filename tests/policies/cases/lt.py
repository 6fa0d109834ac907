from __future__ import annotations

from base64 import b64encode
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import DROP, a, bad, good, other, unknown
from tests.policies.cases.hooked import OF_ECS

METADATA, VOLUMES, ADDRESS = "lt-imdsv2", "lt-ebs-encrypted", "lt-no-way-in"
AGENT, IMAGE, FIT = "lt-ecs-agent-config", "lt-image-pinned", "lt-volumes-fit"
BLOCKED = "ECS_CLUSTER=main\nECS_AWSVPC_BLOCK_IMDS=true"
ELSEWHERE = a(tokens.GROUP)


PROFILE = {"iamInstanceProfile": {"arn": UNKNOWN}}


def template(**changes: Any) -> Resource:
    return a(tokens.LAUNCH_TEMPLATE, **{**PROFILE, **changes})


def metadata(**changes: Any) -> Resource:
    return template(metadataOptions={"httpTokens": "required", "httpPutResponseHopLimit": 1, **changes})


def volumes(*encrypted: Any) -> Resource:
    return template(blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"encrypted": item}} for item in encrypted])


def interface(public: Any) -> Resource:
    return template(networkInterfaces=[{"associatePublicIpAddress": public}])


def agent(script: str) -> Resource:
    return template(userData=b64encode(script.encode()).decode())


def configured(*lines: str) -> Resource:
    return agent("\n".join((BLOCKED, *lines)))


def of_ecs(**changes: Any) -> Resource:
    return template(userData=b64encode(BLOCKED.encode()).decode(), **changes)


def configuration(**changes: Any) -> Resource:
    return a(tokens.LAUNCH_CONFIGURATION, **{"iamInstanceProfile": UNKNOWN, **changes})


def instance(**changes: Any) -> Resource:
    return a(tokens.INSTANCE, **{"iamInstanceProfile": UNKNOWN, **changes})


def mapped(device: Any = "/dev/xvda", **settings: Any) -> dict[str, Any]:
    return {"blockDeviceMappings": [{"deviceName": device, "ebs": {"encrypted": "true", **settings}}]}


MIME = (
    """MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

--//
Content-Type: text/x-shellscript; charset="us-ascii"
Content-Transfer-Encoding: base64

"""
    + b64encode(b"echo ECS_CLUSTER=main >> /etc/ecs/ecs.config").decode()
    + "\n--//--\n"
)
BOTTLEROCKET = '[settings.ecs]\ncluster = "main"\n'
MAIN = a(tokens.CLUSTER, name="main")
SPOT = a(tokens.GROUP, depends={"launchTemplate": [a(tokens.LAUNCH_TEMPLATE)]}, mixedInstancesPolicy={
    "instancesDistribution": {"onDemandPercentageAboveBaseCapacity": 0}})  # fmt: skip
WARM = a(tokens.GROUP, depends={"launchTemplate": [a(tokens.LAUNCH_TEMPLATE)]}, warmPool={"poolState": "Stopped"})
MOVING = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"


def mixed(*types: str, **changes: Any) -> tuple[Resource, ...]:
    """A template of ECS instances, and a group of these types."""
    template_ = of_ecs(imageId="ami-1", **changes)
    overrides = [{"instanceType": one} for one in types]
    return template_, a(tokens.GROUP, "web", depends={"mixedInstancesPolicy": [template_]}, mixedInstancesPolicy={
        "launchTemplate": {"overrides": overrides}})  # fmt: skip


CASES = (
    good(AGENT, "an agent that starts again", configured("systemctl stop ecs", "systemctl start ecs")),
    good(AGENT, "another unit", configured("systemctl disable --now rpcbind", "# systemctl stop ecs")),
    bad(AGENT, "a stopped agent", "ends without the agent: systemctl stop ecs", configured("systemctl stop ecs")),
    bad(AGENT, "a masked agent", "ends without the agent", configured(
        "systemctl mask ecs.service", "systemctl start ecs")),
    bad(AGENT, "a removed agent", "ends without the agent", configured("dnf remove -y ecs-init")),
    bad(AGENT, "an agent that is no container", "ends without the agent", configured("docker rm -f ecs-agent")),
    bad(AGENT, "a configuration that is emptied", "ends without the agent", configured(": > /etc/ecs/ecs.config")),
    bad(AGENT, "an instance that goes off", "ends without the agent: shutdown", configured("shutdown -h now")),
    good(IMAGE, "types of one architecture", *mixed("m7g.large", "c7gn.large", "t4g.large")),
    good(IMAGE, "other types of one architecture", *mixed("m7i.large", "g5.xlarge", "p4d.24xlarge", "m7a.large")),
    bad(IMAGE, "types of two architectures", "of two architectures from one image: m7g.large, m7i.large",
        *mixed("m7g.large", "m7i.large")),
    good(METADATA, "token and one hop", metadata()),
    good(METADATA, "two hops by configuration", metadata(httpPutResponseHopLimit=2), maximumHops=2),
    bad(METADATA, "no options", "without a session token", template(metadataOptions=DROP)),
    bad(METADATA, "optional", "without a session token", metadata(httpTokens="optional")),
    bad(METADATA, "two hops", "hop limit of metadata is 2, must be at most 1", metadata(httpPutResponseHopLimit=2)),
    good(METADATA, "a configuration", configuration(metadataOptions={"httpTokens": "required"})),
    good(METADATA, "an instance", instance(metadataOptions={"httpTokens": "required"})),
    good(METADATA, "an instance of a template", instance(launchTemplate={"id": UNKNOWN})),
    bad(METADATA, "a configuration without", "without a session token", configuration()),
    bad(METADATA, "an instance without", "without a session token", instance()),
    bad(METADATA, "two hops as text", "is 2, must be at most 1", metadata(httpPutResponseHopLimit="2")),
    unknown(METADATA, "the token", metadata(httpTokens=UNKNOWN)),
    other(METADATA, "the endpoint is off", metadata(httpEndpoint="disabled", httpTokens=None)),
    good(VOLUMES, "encrypted as text", volumes("true")),
    good(VOLUMES, "encrypted", volumes(*[True])),
    good(VOLUMES, "a device that is left out", template(
        blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"encrypted": "true"}}, {"noDevice": "/dev/sdb"}])),
    bad(VOLUMES, "no mapping", "maps no volume", template()),
    bad(VOLUMES, "not encrypted", "does not encrypt /dev/xvda", volumes("true", "false")),
    good(VOLUMES, "a configuration", configuration(rootBlockDevice={"encrypted": True})),
    good(VOLUMES, "an instance", instance(rootBlockDevice={"encrypted": True}, ebsBlockDevices=[{"encrypted": True}])),
    good(VOLUMES, "an instance of a template", instance(launchTemplate={"id": UNKNOWN})),
    bad(VOLUMES, "only a second one", "does not map its root volume", template(**mapped("/dev/xvdf"))),
    bad(VOLUMES, "a configuration's second", "does not encrypt /dev/xvdf",
        configuration(rootBlockDevice={"encrypted": True}, ebsBlockDevices=[{"deviceName": "/dev/xvdf"}])),
    bad(VOLUMES, "an instance's root", "does not encrypt its root volume",
        instance(rootBlockDevice={"volumeSize": 30})),
    unknown(VOLUMES, "encryption", volumes(UNKNOWN)),
    other(VOLUMES, "no template", ELSEWHERE),
    good(ADDRESS, "none", template()),
    good(ADDRESS, "refused", interface("false")),
    bad(ADDRESS, "wanted", "public address", interface("true")),
    good(ADDRESS, "a configuration", configuration(associatePublicIpAddress=False)),
    good(ADDRESS, "an instance", instance()),
    bad(ADDRESS, "a configuration's", "public address", configuration(associatePublicIpAddress=True)),
    bad(ADDRESS, "an instance's", "public address", instance(associatePublicIpAddress=True)),
    unknown(ADDRESS, "the flag", interface(UNKNOWN)),
    other(ADDRESS, "no template", ELSEWHERE),
    good(AGENT, "encoded", agent(BLOCKED)),
    good(AGENT, "plain", template(userData=f"echo {BLOCKED}")),
    bad(AGENT, "no cluster", "which cluster", agent("ECS_AWSVPC_BLOCK_IMDS=true")),
    bad(AGENT, "IMDS is open", "reach the role of the instance", agent("ECS_CLUSTER=main")),
    good(AGENT, "of the stack's cluster", configured(), MAIN),
    good(AGENT, "of a variable", agent("ECS_CLUSTER=$NAME\nECS_AWSVPC_BLOCK_IMDS=true"), MAIN),
    good(AGENT, "Spot that drains", configured("ECS_ENABLE_SPOT_INSTANCE_DRAINING=true"), SPOT),
    good(AGENT, "a comment", configured("# ECS_AWSVPC_BLOCK_IMDS=false")),
    good(AGENT, "a minute to stop", configured("ECS_CONTAINER_STOP_TIMEOUT=1m")),
    good(AGENT, "a configuration", configuration(userData=BLOCKED)),
    good(AGENT, "an instance", instance(userDataBase64=b64encode(BLOCKED.encode()).decode())),
    bad(AGENT, "IMDS is opened again", "reach the role of the instance", configured("ECS_AWSVPC_BLOCK_IMDS=false")),
    bad(AGENT, "IMDS is open, in a part", "reach the role", template(userData=b64encode(MIME.encode()).decode())),
    bad(AGENT, "another cluster", "join the cluster main, but this stack has other", configured(),
        a(tokens.CLUSTER, name="other")),
    bad(AGENT, "Spot that does not drain", "does not drain a Spot instance", configured(), SPOT),
    bad(AGENT, "Spot by its template", "does not drain a Spot instance",
        of_ecs(instanceMarketOptions={"marketType": "spot"})),
    bad(AGENT, "images for ever", "images that no task uses", configured("ECS_DISABLE_IMAGE_CLEANUP=true")),
    bad(AGENT, "tasks without roles", "tasks get no role", configured("ECS_ENABLE_TASK_IAM_ROLE=false")),
    bad(AGENT, "a second to stop", "kills tasks 1 s after", configured("ECS_CONTAINER_STOP_TIMEOUT=1s")),
    bad(AGENT, "a configuration's IMDS", "reach the role", configuration(userData="ECS_CLUSTER=main")),
    bad(AGENT, "an instance's IMDS", "reach the role", instance(userData="ECS_CLUSTER=main")),
    good(AGENT, "a warm pool that waits", configured("ECS_WARM_POOLS_CHECK=true"), WARM),
    good(AGENT, "an instance of a template", instance(userData=BLOCKED, iamInstanceProfile=DROP,
                                                       launchTemplate={"id": UNKNOWN})),
    bad(AGENT, "a warm pool that registers", "lets an instance of the warm pool register", configured(), WARM),
    bad(AGENT, "no profile", "no iamInstanceProfile", of_ecs(iamInstanceProfile=DROP)),
    bad(AGENT, "no metadata", "httpEndpoint disabled", of_ecs(metadataOptions={"httpEndpoint": "disabled"})),
    bad(AGENT, "nothing in a group of a cluster", "which cluster its instances join", template(), MAIN,
        a(tokens.GROUP, depends={"launchTemplate": [a(tokens.LAUNCH_TEMPLATE)]}, **OF_ECS)),
    other(AGENT, "nothing in a group of another stack's cluster", template(),
          a(tokens.GROUP, depends={"launchTemplate": [a(tokens.LAUNCH_TEMPLATE)]}, **OF_ECS)),
    other(AGENT, "nothing in a group of web servers", template(), MAIN,
          a(tokens.GROUP, depends={"launchTemplate": [a(tokens.LAUNCH_TEMPLATE)]})),
    other(AGENT, "another system", template(userData=BOTTLEROCKET), MAIN),
    unknown(AGENT, "the name of the cluster", configured(), a(tokens.CLUSTER)),
    unknown(AGENT, "the script", template(userData=UNKNOWN)),
    other(AGENT, "the image configures the agent", agent("dnf install htop")),
    other(AGENT, "no user data", template()),
    good(IMAGE, "an id", of_ecs(imageId="ami-0123")),
    good(IMAGE, "a version of a parameter", of_ecs(imageId=f"{MOVING}:14")),
    bad(IMAGE, "a parameter", "what the parameter holds at each launch", of_ecs(imageId=MOVING)),
    unknown(IMAGE, "the image", of_ecs(imageId=UNKNOWN)),
    other(IMAGE, "a template of web servers", template(imageId=MOVING)),
    good(FIT, "30 GiB", of_ecs(**mapped(volumeSize=30))),
    good(FIT, "what the image has", of_ecs(**mapped())),
    good(FIT, "another system", template(userData=BOTTLEROCKET, **mapped(volumeSize=4))),
    good(FIT, "a configuration", configuration(userData=BLOCKED, rootBlockDevice={"volumeSize": 50})),
    bad(FIT, "8 GiB", "has 8 GiB, must have at least 30 GiB", of_ecs(**mapped(volumeSize="8"))),
    bad(FIT, "a volume that stays", "keeps /dev/xvda of every", of_ecs(**mapped(deleteOnTermination="false"))),
    bad(FIT, "an interface that stays", "keeps the network interface", of_ecs(
        networkInterfaces=[{"deleteOnTermination": "false"}])),
    bad(FIT, "a configuration that is small", "has 8 GiB",
        configuration(userData=BLOCKED, rootBlockDevice={"volumeSize": 8})),
    unknown(FIT, "the size", of_ecs(**mapped(volumeSize=UNKNOWN))),
    unknown(FIT, "whether it is one of ECS", template(userData=UNKNOWN, **mapped(volumeSize=8)),
            a(tokens.GROUP, depends={"launchTemplate": [a(tokens.LAUNCH_TEMPLATE)]})),
    other(FIT, "a template of web servers", template(**mapped(volumeSize=8))),
    good(ADDRESS, "no key", of_ecs()),
    bad(ADDRESS, "a key", "accept an SSH key", of_ecs(keyName="ops")),
    bad(ADDRESS, "a key, in user data of parts", "accept an SSH key",
        template(userData=b64encode(MIME.encode()).decode(), keyName="ops")),
    bad(ADDRESS, "a key that the program makes", "accept an SSH key", of_ecs(keyName=UNKNOWN)),
    other(ADDRESS, "a template of web servers", template(keyName="ops")),
)  # fmt: skip
