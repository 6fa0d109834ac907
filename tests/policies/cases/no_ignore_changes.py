from __future__ import annotations

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

RULE = "no-ignore-changes-on-guarded"
GROUP = a(tokens.GROUP, "web", ignore=("initialLifecycleHooks", "launchTemplate", "desiredCapacity"), name="web-1")
HOOK = a(tokens.LIFECYCLE_HOOK, "drain", autoscalingGroupName="web-1")

GUARDED = (
    tokens.INGRESS_RULE, tokens.SCHEDULE, tokens.GROUP, tokens.LOG_GROUP, tokens.LAUNCH_TEMPLATE, tokens.SECURITY_GROUP,
    tokens.SERVICE,
)  # fmt: skip

WEIGHED = a(tokens.LISTENER_RULE, "web", ignore=("actions",))


def behind(strategy: str) -> Resource:
    return a(
        tokens.SERVICE, "web", depends={"loadBalancers": [WEIGHED]}, deploymentConfiguration={"strategy": strategy}
    )


CASES = (
    good(RULE, "weights that ECS sets", WEIGHED, behind("CANARY")),
    bad(RULE, "weights of a service that is deployed step by step", "changes of actions", WEIGHED, behind("ROLLING")),
    bad(RULE, "where a rule of nobody leads", "changes of actions", WEIGHED),
    good(RULE, "nothing is ignored", *(a(token) for token in GUARDED)),
    good(RULE, "what has another owner", GROUP, HOOK),
    good(RULE, "the count of a scaled service", a(tokens.SERVICE, ignore=("desiredCount",))),
    good(RULE, "the task definition that CodeDeploy chose",
         a(tokens.SERVICE, ignore=("taskDefinition",), deploymentController={"type": "CODE_DEPLOY"})),
    bad(RULE, "a task definition", "changes of taskDefinition", a(tokens.SERVICE, ignore=("taskDefinition",))),
    bad(RULE, "a property in brackets", "changes of taskDefinition", a(tokens.SERVICE, ignore=('["taskDefinition"]',))),
    good(RULE, "tags, which something else sets", *(a(token, ignore=("tags",)) for token in GUARDED)),
    good(RULE, "one tag", a(tokens.SECURITY_GROUP, ignore=('tags["kubernetes.io/x"]', "tagsAll"))),
    good(RULE, "the version of a mixed group, which a controller rolls out", a(tokens.GROUP, ignore=(
        "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version",))),
    bad(RULE, "a part of a mixed group", "changes of mixedInstancesPolicy", a(tokens.GROUP, ignore=(
        "mixedInstancesPolicy.instancesDistribution.onDemandPercentageAboveBaseCapacity",))),
    bad(RULE, "a part of a mixed group beside its version", "changes of mixedInstancesPolicy", a(tokens.GROUP, ignore=(
        "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version",
        "mixedInstancesPolicy.instancesDistribution"))),
    bad(RULE, "the network of a service", "changes of networkConfiguration", a(
        tokens.SERVICE, ignore=("networkConfiguration.securityGroups[0]",))),
    bad(RULE, "who is let in", "changes of cidrIpv4", a(tokens.INGRESS_RULE, ignore=("cidrIpv4",))),
    bad(RULE, "what a schedule starts", "changes of target", a(tokens.SCHEDULE, ignore=("target.input",))),
    bad(RULE, "a retention", "ignores changes of retentionInDays", a(tokens.LOG_GROUP, ignore=("retentionInDays",))),
    bad(RULE, "a part of a property", "changes of metadataOptions",
        a(tokens.LAUNCH_TEMPLATE, ignore=("metadataOptions.httpTokens",))),
    bad(RULE, "a part in brackets", "changes of metadataOptions",
        a(tokens.LAUNCH_TEMPLATE, ignore=('["metadataOptions"].httpTokens',))),
    bad(RULE, "the image", "ignores changes of imageId", a(tokens.LAUNCH_TEMPLATE, ignore=("imageId",))),
    bad(RULE, "what an instance does first", "ignores changes of userData",
        a(tokens.LAUNCH_TEMPLATE, ignore=("userData",))),
    bad(RULE, "one of a list", "ignores changes of ingress", a(tokens.SECURITY_GROUP, ignore=("ingress[0]",))),
    bad(RULE, "hooks of the group alone", "changes of initialLifecycleHooks", GROUP),
    unknown(RULE, "whose hook it is", GROUP, a(tokens.LIFECYCLE_HOOK, "drain", autoscalingGroupName=UNKNOWN)),
    other(RULE, "a type that no rule guards", a(tokens.ROUTE_TABLE_ASSOCIATION, ignore=("*",))),
)  # fmt: skip
