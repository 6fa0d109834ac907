from __future__ import annotations

from ecs_operations.facts import tokens
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown

RULE = "no-ignore-changes-on-guarded"
GROUP = a(tokens.GROUP, "web", ignore=("initialLifecycleHooks", "launchTemplate", "desiredCapacity"), name="web-1")
HOOK = a(tokens.LIFECYCLE_HOOK, "drain", autoscalingGroupName="web-1")

GUARDED = (tokens.GROUP, tokens.LOG_GROUP, tokens.LAUNCH_TEMPLATE, tokens.SECURITY_GROUP, tokens.SERVICE)

CASES = (
    good(RULE, "nothing is ignored", *(a(token) for token in GUARDED)),
    good(RULE, "what has another owner", GROUP, HOOK),
    good(RULE, "the count of a scaled service", a(tokens.SERVICE, ignore=("desiredCount",))),
    good(RULE, "the task definition that CodeDeploy chose",
         a(tokens.SERVICE, ignore=("taskDefinition",), deploymentController={"type": "CODE_DEPLOY"})),
    bad(RULE, "a task definition", "changes of taskDefinition", a(tokens.SERVICE, ignore=("taskDefinition",))),
    bad(RULE, "a property in brackets", "changes of taskDefinition", a(tokens.SERVICE, ignore=('["taskDefinition"]',))),
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
    other(RULE, "a type that no rule guards", a(tokens.ROUTE, ignore=("*",))),
)  # fmt: skip
