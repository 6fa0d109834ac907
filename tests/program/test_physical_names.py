"""No physical name is longer than AWS takes, at the longest name that an environment may have."""

import re
import runpy

import pulumi_aws as aws

from infra.environment import Settings
from tests.support.graph import graph_of
from tests.support.stack_files import ROOT, config_of

RANDOM = 8
"""Characters that Pulumi adds to a logical name: a hyphen and seven digits."""

LONGEST = {
    aws.autoscaling.Group: 255,  # with the 26 characters that the provider adds to a prefix
    aws.autoscaling.LifecycleHook: 255,
    aws.cloudwatch.EventRule: 64,
    aws.cloudwatch.LogGroup: 512,
    aws.cloudwatch.MetricAlarm: 255,
    aws.ec2.LaunchTemplate: 128,
    aws.ec2.SecurityGroup: 255,
    aws.ecs.Cluster: 255,
    aws.iam.InstanceProfile: 128,
    aws.iam.Role: 64,
    aws.iam.RolePolicy: 128,
    aws.kms.Alias: 256,
    aws.lambda_.Function: 64,
    aws.lb.LoadBalancer: 32,
    aws.s3.Bucket: 63,
    aws.scheduler.Schedule: 64,
    aws.servicediscovery.PrivateDnsNamespace: 253,
    aws.sns.Topic: 256,
    aws.sqs.Queue: 80,
    aws.ssm.Parameter: 1011,
}
"""Characters of a name (API references of the services: the pattern of Name in each Create call)."""

KEYS = ("name", "bucket")
PREFIXED = 26


def the_longest_environment() -> str:
    (pattern,) = [one.pattern for one in Settings.model_fields["environment"].metadata if getattr(one, "pattern", None)]
    found = re.search(r",(\d+)\}\[a-z0-9\]\$$", pattern)  # between the first and the last letter
    assert found
    longest = int(found[1]) + 2
    name = "e" * longest
    assert re.match(pattern, name)
    assert not re.match(pattern, name + "e")
    return name


def physical(node) -> str:
    given = [node.inputs[key] for key in KEYS if isinstance(node.inputs.get(key), str)]
    if prefix := node.inputs.get("namePrefix"):
        return prefix + "x" * PREFIXED
    return given[0] if given else node.name + "x" * RANDOM


def test_every_physical_name_fits_at_the_longest_name_of_an_environment():
    config = config_of("prod") | {"ecs-platform:environment": the_longest_environment()}
    graph = graph_of(lambda: runpy.run_path(str(ROOT / "__main__.py")), config=config)
    lengths = {
        f"{kind.__name__} {node.name}": (len(physical(node)), longest)
        for kind, longest in LONGEST.items()
        for node in graph.of(kind)
    }
    assert {kind for kind in LONGEST if not graph.of(kind)} == set()
    assert {name: pair for name, pair in lengths.items() if pair[0] > pair[1]} == {}
