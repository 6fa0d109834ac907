"""The resource graph that a program asks the engine for, recorded without an engine.

`graph_of(program)` runs a program against a monitor that records every registration with its parent, options and
dependencies. The monitor is half internal to the SDK: nothing outside of this file knows it.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime.stack import Stack

SETTINGS: Any = settings.SETTINGS  # the SDK declares its properties in a way that no checker reads
ACCOUNT, REGION = "123456789012", "eu-central-1"
ZONE_IDS = ("euc1-az1", "euc1-az2", "euc1-az3")


def offered(zone_ids: Sequence[str], args: Mapping[str, Any]) -> dict[str, Any]:
    """All instance types that are asked for, in all of these zones."""
    pairs = [(kind, zone) for kind in args["filters"][0]["values"] for zone in zone_ids]
    return {
        "instanceTypes": [kind for kind, _ in pairs],
        "locations": [zone for _, zone in pairs],
        "locationTypes": [args["locationType"]] * len(pairs),
        "id": REGION,
        "region": REGION,
    }


STATE, OUTPUTS = "pulumi:pulumi:readStackResourceOutputs", "pulumi:pulumi:readStackOutputs"
"""The engine's own look-ups: all that the stack has deployed, and what it has exported."""

IMAGE = json.dumps(
    {"image_id": "ami-0123456789abcdef0", "image_name": "al2023-ami-ecs-hvm-2023.0.20260922-kernel-6.1-arm64"}
)
"""What the public SSM parameter of an ECS-optimized image holds, as far as it is read."""

LOOKUPS: dict[str, Any] = {
    STATE: lambda _: pytest.fail("the engine panics where a stack has no state"),
    OUTPUTS: {"name": "organization/ecs-platform/test", "outputs": {}, "secretOutputNames": []},
    "aws:index/getCallerIdentity:getCallerIdentity": {
        "accountId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:user/test",
        "id": ACCOUNT,
        "userId": "AIDATEST",
    },
    "aws:index/getPartition:getPartition": {"partition": "aws", "dnsSuffix": "amazonaws.com", "id": "aws"},
    "aws:index/getAvailabilityZones:getAvailabilityZones": {
        "zoneIds": ["euc1-az2", "euc1-az3", "euc1-az1"],
        "names": [f"{REGION}a", f"{REGION}b", f"{REGION}c"],
        "groupNames": [REGION],
        "id": REGION,
        "region": REGION,
    },
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": lambda args: offered(ZONE_IDS, args),
    "aws:ssm/getParameter:getParameter": {
        "insecureValue": IMAGE, "value": IMAGE, "name": "x", "id": "x",
        "arn": "x", "type": "String", "version": 1, "region": REGION,
    },
    "aws:cloudwatch/getLogGroups:getLogGroups": {"logGroupNames": []},
}  # fmt: skip
"""Answers of AWS by token: a value, a function of the arguments, or (value, failures). One that is not listed fails."""

MADE_BY_AWS: dict[str, dict[str, Any]] = {
    "aws:lb/loadBalancer:LoadBalancer": {
        "arnSuffix": "app/ecs-test/50dc6c495c0c9188",
        "dnsName": "ecs-test-1234567890.eu-central-1.elb.amazonaws.com",
        "zoneId": "Z215JYRZR1TBD5",
    },
    "aws:ecr/repository:Repository": {"repositoryUrl": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/shop-0a1b2c3"},
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": {"registryId": ACCOUNT, "region": REGION},
    "aws:secretsmanager/secretVersion:SecretVersion": {"versionId": "9d4cb84b-ad69-40c0-a0ab-cead36b967e8"},
    "aws:lb/targetGroup:TargetGroup": {"arnSuffix": "targetgroup/front-0a1b2c3/943f017f100becff"},
    "aws:acm/certificate:Certificate": {
        "domainValidationOptions": [
            {
                "domainName": "example.com",
                "resourceRecordName": "_a79865eb4cd1a6ab990a45779b4e0b96.example.com.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": "_424c7224e9b0146f9a8808af955727d0.acm-validations.aws.",
            }
        ]
    },
    "aws:scheduler/scheduleGroup:ScheduleGroup": {"creationDate": "2026-11-28T03:00:00Z"},
    "aws:route53/record:Record": {"fqdn": "_a79865eb4cd1a6ab990a45779b4e0b96.example.com"},
}
"""What AWS adds to a resource besides its id, ARN and name; unknown in a preview."""


def token(kind: type[Any]) -> str:
    """What the engine calls a class of resources."""
    return kind.pulumi_type


@dataclass(frozen=True, kw_only=True)
class Node:
    """One registered resource."""

    urn: str
    type: str
    name: str
    parent: str
    inputs: Mapping[str, Any]
    secret_inputs: frozenset[str]
    """Those that hold a secret, which the engine encrypts in its state."""
    property_dependencies: Mapping[str, frozenset[str]]
    depends_on: frozenset[str]
    provider: str
    protect: bool
    ignore_changes: tuple[str, ...]
    replace_on_changes: tuple[str, ...]
    retain_on_delete: bool
    delete_before_replace: bool
    custom_timeouts: tuple[str, str, str]
    aliases: int
    custom: bool

    def __getitem__(self, key: str) -> Any:
        return self.inputs[key]


@dataclass
class Graph:
    """All registered resources in their order, and what the program exported."""

    nodes: list[Node] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    component_outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    preview: bool = False

    def of(self, kind: type | str, name: str | None = None) -> list[Node]:
        """All resources of a class (or token), those of one logical name if one is given."""
        wanted = kind if isinstance(kind, str) else token(kind)
        return [node for node in self.nodes if node.type == wanted and name in (None, node.name)]

    def one(self, kind: type | str, name: str | None = None) -> Node:
        """The only resource of a class (and name)."""
        found = self.of(kind, name)
        assert len(found) == 1, f"{len(found)} of {kind} {name or ''}: {[node.name for node in found]}"
        return found[0]

    def by_urn(self, urn: str) -> Node:
        return next(node for node in self.nodes if node.urn == urn)

    def ancestors(self, node: Node) -> Iterator[Node]:
        """The components that a resource belongs to, the nearest first."""
        while node.parent:
            parents = [other for other in self.nodes if other.urn == node.parent]
            if not parents:
                return  # the stack itself
            node = parents[0]
            yield node

    def before(self, node: Node) -> set[str]:
        """URNs of all that exists before a resource and outlives it: what it depends on, however indirectly."""
        seen: set[str] = set()
        waiting = [node.urn]
        edges = {n.urn: n.depends_on.union(*n.property_dependencies.values()) for n in self.nodes}
        while waiting:
            for urn in edges.get(waiting.pop(), frozenset()) - seen:
                seen.add(urn)
                waiting.append(urn)
        return seen

    def triples(self) -> list[str]:
        """`type name < parent` of every resource: what Pulumi identifies it by."""
        names = {node.urn: node.name for node in self.nodes}
        return sorted(f"{node.type} {node.name} < {names.get(node.parent, '-')}" for node in self.nodes)


class _Answers(mocks.Mocks):
    def __init__(self, lookups: Mapping[str, Any], stacks: Mapping[str, Mapping[str, Any]], preview: bool) -> None:
        self.lookups, self.stacks, self.preview = lookups, stacks, preview

    def call(self, args: mocks.MockCallArgs) -> Any:
        if args.token not in self.lookups:
            raise AssertionError(f"the program looked up {args.token} {args.args}, which no test lists")
        answer = self.lookups[args.token]
        answer = answer(args.args) if callable(answer) else answer
        return answer if isinstance(answer, tuple) else dict(answer)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, {"name": args.inputs["name"], "outputs": dict(self.stacks[args.inputs["name"]])}
        if not args.custom:
            return None, {}
        if args.typ.startswith("pulumi:providers:"):
            return f"{args.name}-id", dict(args.inputs)
        inputs = {key: _told(key, value) for key, value in args.inputs.items()}
        name = str(args.inputs.get("name") or f"{args.inputs.get('namePrefix', args.name + '-')}0a1b2c3")
        names = {"name": name, "bucket": name}
        if self.preview:
            return "", names | inputs
        known = {"arn": _arn(args.typ, name), "latestVersion": 1, **MADE_BY_AWS.get(args.typ, {})}
        return f"{args.name}-id", names | known | inputs


def _told(name: str, value: Any) -> Any:
    """What AWS tells of an input: a policy that was given as an object comes back as text."""
    return json.dumps(value) if name in ("policy", "assumeRolePolicy") and isinstance(value, dict) else value


def _arn(token: str, name: str) -> str:
    service, kind = token.split(":")[1].split("/")
    service = {"cloudwatch": "logs" if kind == "logGroup" else "events", "lb": "elasticloadbalancing"}.get(
        service, service
    )
    region = "" if service in ("iam", "s3", "route53") else REGION
    separator = ":" if kind in ("logGroup", "queue", "topic", "function") else "/"
    known = {"logGroup": f"log-group:{name}", "queue": name, "topic": name, "secret": f"secret:{name}-AbCdEf"}
    resource = known.get(kind, f"{kind}{separator}{name}")
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{resource}"


class _Recorder(mocks.MockMonitor):
    def __init__(self, answers: _Answers, graph: Graph) -> None:
        super().__init__(answers)
        self.graph = graph

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        # The SDK's own URNs name only the nearest parent; the engine's chain is what a policy sees.
        chain = parent.split("::")[2] if parent else ""
        chain = f"{chain}$" if chain not in ("", "pulumi:pulumi:Stack") else ""
        return f"urn:pulumi:test::ecs-platform::{chain}{type_}::{name}"

    def RegisterResource(self, request: Any) -> Any:
        response = super().RegisterResource(request)
        if request.type != "pulumi:pulumi:Stack":
            self.graph.nodes.append(_node(request, response.urn))
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:
        asyncio.set_event_loop(asyncio.new_event_loop())
        outputs = rpc.deserialize_properties(request.outputs, keep_unknowns=True)
        if "pulumi:pulumi:Stack" in request.urn:
            self.graph.outputs.update(outputs)
        else:
            self.graph.component_outputs[request.urn] = outputs
        return super().RegisterResourceOutputs(request)


def _node(request: Any, urn: str) -> Node:
    timeouts = request.customTimeouts
    inputs = rpc.deserialize_properties(request.object, keep_unknowns=True)
    return Node(
        urn=urn,
        type=request.type,
        name=request.name,
        parent=request.parent,
        inputs={key: rpc.unwrap_rpc_secret(value) for key, value in inputs.items()},
        secret_inputs=frozenset(key for key, value in inputs.items() if rpc.is_rpc_secret(value)),
        property_dependencies={key: frozenset(value.urns) for key, value in request.propertyDependencies.items()},
        depends_on=frozenset(request.dependencies),
        provider=request.provider or dict(request.providers).get("aws", ""),
        protect=bool(request.protect),
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        retain_on_delete=bool(request.retainOnDelete),
        delete_before_replace=bool(request.deleteBeforeReplace),
        custom_timeouts=(timeouts.create, timeouts.update, timeouts.delete),
        aliases=len(request.aliases),
        custom=bool(request.custom),
    )


def graph_of(
    program: Callable[[], Any],
    *,
    config: Mapping[str, str] | None = None,
    lookups: Mapping[str, Any] | None = None,
    stacks: Mapping[str, Mapping[str, Any]] | None = None,
    preview: bool = False,
    project: str = "ecs-platform",
) -> Graph:
    """Run `program` and return what it registered.

    `preview=True` leaves what only AWS knows unknown. `config` is namespace:key → text, as the engine passes it.
    """
    graph = Graph(preview=preview)
    answers = _Answers({**LOOKUPS, **(lookups or {})}, stacks or {}, preview)
    with _event_loop() as loop, _program_config(config or {}):
        recorder = _Recorder(answers, graph)
        pulumi.runtime.set_mocks(answers, project=project, stack="test", preview=preview, monitor=recorder)
        root = settings.get_root_resource()
        assert isinstance(root, Stack)
        root.outputs.clear()
        pulumi.runtime.test(lambda: program() and None)()
        known = {key: pulumi.Output.from_input(value).future(with_unknowns=True) for key, value in root.outputs.items()}
        graph.outputs.update({key: loop.run_until_complete(value) for key, value in known.items()})
        unfinished = asyncio.all_tasks(loop)
        assert not unfinished, f"the program ended before {unfinished}"
    return graph


@contextmanager
def _program_config(config: Mapping[str, str]) -> Iterator[None]:
    """The configuration of one program: the next one must not find it."""
    os.environ["PULUMI_CONFIG"] = json.dumps(dict(config))  # what the settings read: keys of every namespace
    pulumi.runtime.set_all_config(dict(config))
    try:
        yield
    finally:
        del os.environ["PULUMI_CONFIG"]
        pulumi.runtime.set_all_config({})


@contextmanager
def _event_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop for one program. What a program that failed leaves waiting is ended with it; its error goes on."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield loop
    except BaseException:
        # Whatever else waited for the same value fails with the same error, which nobody asks for any more.
        loop.set_exception_handler(lambda *_: None)
        raise
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        SETTINGS.rpc_manager.clear()
        SETTINGS.outputs.clear()
        asyncio.set_event_loop(asyncio.new_event_loop())  # for an Output that a test makes outside of a program
