from __future__ import annotations

from base64 import b64encode
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import DROP, a, bad, good, other, unknown

METADATA, VOLUMES, ADDRESS = "lt-imdsv2", "lt-ebs-encrypted", "lt-no-public-ip"
AGENT = "lt-ecs-agent-config"
BLOCKED = "ECS_CLUSTER=main\nECS_AWSVPC_BLOCK_IMDS=true"
ELSEWHERE = a(tokens.GROUP)


def template(**changes: Any) -> Resource:
    return a(tokens.LAUNCH_TEMPLATE, **changes)


def metadata(**changes: Any) -> Resource:
    return template(metadataOptions={"httpTokens": "required", "httpPutResponseHopLimit": 1, **changes})


def volumes(*encrypted: Any) -> Resource:
    return template(blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"encrypted": item}} for item in encrypted])


def interface(public: Any) -> Resource:
    return template(networkInterfaces=[{"associatePublicIpAddress": public}])


def agent(script: str) -> Resource:
    return template(userData=b64encode(script.encode()).decode())


CASES = (
    good(METADATA, "token and one hop", metadata()),
    good(METADATA, "two hops by configuration", metadata(httpPutResponseHopLimit=2), maximumHops=2),
    bad(METADATA, "no options", "without a session token", template(metadataOptions=DROP)),
    bad(METADATA, "optional", "without a session token", metadata(httpTokens="optional")),
    bad(METADATA, "two hops", "hop limit of metadata is 2, must be at most 1", metadata(httpPutResponseHopLimit=2)),
    unknown(METADATA, "the token", metadata(httpTokens=UNKNOWN)),
    other(METADATA, "the endpoint is off", metadata(httpEndpoint="disabled", httpTokens=None)),
    good(VOLUMES, "encrypted as text", volumes("true")),
    good(VOLUMES, "encrypted", volumes(*[True])),
    good(VOLUMES, "a device that is left out", template(
        blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"encrypted": "true"}}, {"noDevice": "/dev/sdb"}])),
    bad(VOLUMES, "no mapping", "maps no volume", template()),
    bad(VOLUMES, "not encrypted", "does not encrypt /dev/xvda", volumes("true", "false")),
    unknown(VOLUMES, "encryption", volumes(UNKNOWN)),
    other(VOLUMES, "no template", ELSEWHERE),
    good(ADDRESS, "none", template()),
    good(ADDRESS, "refused", interface("false")),
    bad(ADDRESS, "wanted", "public address", interface("true")),
    unknown(ADDRESS, "the flag", interface(UNKNOWN)),
    other(ADDRESS, "no template", ELSEWHERE),
    good(AGENT, "encoded", agent(BLOCKED)),
    good(AGENT, "plain", template(userData=f"echo {BLOCKED}")),
    bad(AGENT, "no cluster", "which cluster", agent("ECS_AWSVPC_BLOCK_IMDS=true")),
    bad(AGENT, "IMDS is open", "reach the role of the instance", agent("ECS_CLUSTER=main")),
    unknown(AGENT, "the script", template(userData=UNKNOWN)),
    other(AGENT, "the image configures the agent", agent("dnf install htop")),
    other(AGENT, "no user data", template()),
)  # fmt: skip
