"""Rules of ECR's pull-through cache, which moto lacks. Nothing is pulled.

Source: ECR API (2015-09-21), CreatePullThroughCacheRule: the registry is found by its address, private ones need a
secret whose name begins with `ecr-pullthroughcache/`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.ecr.responses import ECRResponse

from .patches import Replacement

_OPEN = {"public.ecr.aws", "registry.k8s.io", "quay.io"}
_PARAMETERS = (
    "ecrRepositoryPrefix",
    "upstreamRegistryUrl",
    "upstreamRegistry",
    "upstreamRepositoryPrefix",
    "credentialArn",
    "customRoleArn",
)
_ANOTHER_ECR = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")


def _refuse(code: str, message: str) -> None:
    raise JsonRESTError(code, message)


def _rules(self: Any) -> dict[str, dict[str, Any]]:
    return vars(self.ecr_backend).setdefault("pull_through_rules", {})


def _rule(self: Any) -> dict[str, Any]:
    prefix = self._get_param("ecrRepositoryPrefix")
    if prefix not in _rules(self):
        text = f"The rule with prefix '{prefix}' does not exist."
        _refuse("PullThroughCacheRuleNotFoundException", text)
    return _rules(self)[prefix]


def _check_credential(address: str, arn: str | None) -> None:
    if address in _OPEN or _ANOTHER_ECR.fullmatch(address):
        return
    if not arn:
        _refuse("InvalidParameterException", f"{address} needs a secret whose name begins with ecr-pullthroughcache/")


def create_pull_through_cache_rule(self: Any) -> ActionResult:
    """CreatePullThroughCacheRule."""
    rules = _rules(self)
    given = {name: self._get_param(name) for name in _PARAMETERS}
    params: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    prefix, address = params["ecrRepositoryPrefix"], params["upstreamRegistryUrl"]
    if prefix in rules:
        _refuse("PullThroughCacheRuleAlreadyExistsException", f"A rule with prefix '{prefix}' already exists.")
    _check_credential(address, params.get("credentialArn"))
    now = datetime.now(UTC)
    rules[prefix] = {**params, "registryId": self.current_account, "createdAt": now, "updatedAt": now}
    rules[prefix].setdefault("upstreamRepositoryPrefix", "ROOT")
    return ActionResult(rules[prefix])


def update_pull_through_cache_rule(self: Any) -> ActionResult:
    """UpdatePullThroughCacheRule: another secret, or another role."""
    rule = _rule(self)
    given = {name: self._get_param(name) for name in ("credentialArn", "customRoleArn")}
    changes = {name: value for name, value in given.items() if value}
    _check_credential(rule["upstreamRegistryUrl"], changes.get("credentialArn"))
    rule.update(changes, updatedAt=datetime.now(UTC))
    return ActionResult(rule)


def describe_pull_through_cache_rules(self: Any) -> ActionResult:
    """DescribePullThroughCacheRules."""
    wanted: list[str] = self._get_param("ecrRepositoryPrefixes") or []
    found = [rule for prefix, rule in _rules(self).items() if not wanted or prefix in wanted]
    return ActionResult({"pullThroughCacheRules": found})


def delete_pull_through_cache_rule(self: Any) -> ActionResult:
    """DeletePullThroughCacheRule."""
    return ActionResult(_rules(self).pop(_rule(self)["ecrRepositoryPrefix"]))


REPLACEMENTS: tuple[Replacement, ...] = tuple(
    (ECRResponse, function.__name__, function)
    for function in (
        create_pull_through_cache_rule,
        update_pull_through_cache_rule,
        describe_pull_through_cache_rules,
        delete_pull_through_cache_rule,
    )
)
