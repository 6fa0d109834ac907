"""Tags that a resource has from its provider."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from ecs_operations.facts import tokens
from ecs_operations.facts.resource import Resource
from ecs_operations.facts.values import Unknown

UNTAGGED = frozenset(
    {
        tokens.LIFECYCLE_HOOK, tokens.GROUP_POLICY, tokens.ROUTE, tokens.ROUTE_TABLE_ASSOCIATION,
        tokens.SECURITY_GROUP_RULE, tokens.SCALING_POLICY, tokens.EVENT_TARGET, tokens.LOG_RESOURCE_POLICY,
        tokens.SCHEDULE, tokens.PERMISSION, tokens.INVOKE_CONFIG, tokens.ROLE_POLICY, tokens.ROLE_POLICY_ATTACHMENT,
        tokens.TOPIC_POLICY, tokens.SUBSCRIPTION, tokens.QUEUE_POLICY, tokens.RECORD,
        tokens.GROUP_SCHEDULED_ACTION, tokens.GROUP_ATTACHMENT, tokens.TRAFFIC_SOURCE_ATTACHMENT,
        tokens.LAUNCH_CONFIGURATION,
        tokens.NETWORK_ACL_RULE, tokens.NETWORK_ACL_ASSOCIATION, tokens.MAIN_ROUTE_TABLE,
        tokens.CLUSTER_CAPACITY_PROVIDERS, tokens.ACCOUNT_SETTING, tokens.SCHEDULED_ACTION,
        tokens.LOG_SUBSCRIPTION_FILTER, tokens.LOG_METRIC_FILTER, tokens.FUNCTION_URL, tokens.USER_POLICY_ATTACHMENT,
        tokens.IAM_GROUP_POLICY_ATTACHMENT, tokens.POLICY_ATTACHMENT, tokens.EXCLUSIVE_ATTACHMENTS,
        tokens.EXCLUSIVE_POLICIES, tokens.PREFIX_LIST_ENTRY, tokens.USER_POLICY,
        tokens.IAM_GROUP_POLICY, tokens.KEY_POLICY, tokens.BUCKET_POLICY, tokens.PUBLIC_ACCESS_BLOCK,
        tokens.BUCKET_ENCRYPTION, tokens.BUCKET_LIFECYCLE, tokens.KEY_ALIAS, tokens.REPOSITORY_POLICY,
        tokens.SECRET_POLICY,
    }
)  # fmt: skip
"""Types without tags; a test compares them with the provider's SDK."""


TAGGABLE = tuple(sorted(tokens.ALL - UNTAGGED))


def default_tags(resource: Resource) -> Any:
    """Return the default tags of a resource's provider: a mapping, an Unknown, or nothing."""
    given = resource.provider.get("defaultTags")
    if isinstance(given, Unknown):
        return given
    block = _parsed(given) if isinstance(given, str) and given else given
    return block.get("tags") if isinstance(block, dict) else {}


@lru_cache(maxsize=64)
def _parsed(text: str) -> Any:
    """Many resources have one provider."""
    return json.loads(text)
