from __future__ import annotations

from ecs_operations.facts import tokens
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import TAGS, a, bad, good, other, unknown

RULE = "required-tags"
PROPAGATED = [{"key": key, "value": value, "propagateAtLaunch": True} for key, value in TAGS.items()]
KEPT = [{**tag, "propagateAtLaunch": tag["key"] != "owner"} for tag in PROPAGATED]
DEFAULTS = {"defaultTags": '{"tags": {"environment": "test", "owner": "team", "managed-by": "pulumi"}}'}

PARTLY = {"environment": "test", "managed-by": "pulumi"}

CASES = (
    good(RULE, "all tags", a(tokens.CLUSTER, tags=TAGS)),
    good(RULE, "default tags of the provider", a(tokens.CLUSTER, provider=DEFAULTS)),
    good(RULE, "a network", a(tokens.VPC, tags=TAGS)),
    good(RULE, "a group whose tags propagate", a(tokens.GROUP, tags=PROPAGATED)),
    good(RULE, "other keys by configuration", a(tokens.CLUSTER, tags={"team": "x"}), keys=["team"]),
    bad(RULE, "no tags", "tags are missing: environment, owner, managed-by", a(tokens.CLUSTER)),
    bad(RULE, "one is missing", "tags are missing: owner", a(tokens.CLUSTER, tags={**TAGS, "owner": ""})),
    bad(
        RULE,
        "what default tags would mend",
        "2 resources lack the tag owner; they are net, it",
        a(tokens.CLUSTER, tags=PARTLY),
        a(tokens.VPC, "net", tags=PARTLY),
    ),
    bad(
        RULE,
        "one of several by its own doing",
        "it: tags are missing: owner",
        a(tokens.CLUSTER, tags={**TAGS, "owner": ""}),
        a(tokens.VPC, "net", tags=TAGS),
    ),
    bad(
        RULE,
        "an empty tag over a default",
        "tags are missing: owner",
        a(tokens.CLUSTER, tags={"owner": ""}, provider=DEFAULTS),
    ),
    bad(
        RULE,
        "a group with an empty tag",
        "tags are missing: owner",
        a(tokens.GROUP, tags=[*PROPAGATED[:1], {**PROPAGATED[1], "value": ""}, PROPAGATED[2]]),
    ),
    bad(RULE, "a group does not inherit default tags", "tags are missing", a(tokens.GROUP, provider=DEFAULTS)),
    bad(RULE, "a group keeps a tag for itself", "do not reach the instances", a(tokens.GROUP, tags=KEPT)),
    unknown(RULE, "a value counts as given", a(tokens.CLUSTER, tags={**TAGS, "owner": UNKNOWN})),
    unknown(RULE, "all tags of a group", a(tokens.GROUP, tags=UNKNOWN)),
    unknown(RULE, "default tags", a(tokens.CLUSTER, provider={"defaultTags": UNKNOWN})),
    bad(
        RULE,
        "the other of two",
        "b: tags are missing: owner",
        a(tokens.CLUSTER, "a", tags={"owner": "x"}),
        a(tokens.CLUSTER, "b"),
        keys=["owner"],
    ),
    other(RULE, "a type without tags", a(tokens.ROUTE)),
)
