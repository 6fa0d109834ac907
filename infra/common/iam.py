"""IAM documents as plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .args import refused
from .inputs import InputTexts, Texts
from .shapes import shape_problem

VERSION = "2012-10-17"
"""The current version of the policy language (IAM user guide, "Version")."""


def allow(
    actions: Texts,
    resources: InputTexts,
    condition: Mapping[str, Mapping[str, str | Sequence[str]]] | None = None,
) -> dict[str, Any]:
    """A statement that allows `actions` on `resources`, for the documents of roles; by default on no condition.

    A resource may be an Output, for example `bucket.arn`; a preview shows a stand-in until it exists.

    Raises pulumi.RunError for a text where a list of texts is meant.
    """
    if problem := shape_problem("actions", actions, Texts) or shape_problem("resources", resources, InputTexts):
        raise refused(f"allow: {problem}")
    statement: dict[str, Any] = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return statement | ({"Condition": condition} if condition else {})


def allow_service(
    service: str | Sequence[str],
    actions: Texts,
    resources: Texts,
    condition: Mapping[str, Mapping[str, str | Sequence[str]]] | None = None,
) -> dict[str, Any]:
    """A statement of a resource's own policy: the AWS service, or each of several, may do `actions`."""
    known = service if isinstance(service, str) else list(service)
    return allow(actions, resources, condition) | {"Principal": {"Service": known}}


def document(*statements: Mapping[str, Any]) -> str:
    """The policy document of some statements, as JSON."""
    return json.dumps({"Version": VERSION, "Statement": list(statements)})


def trust(service: str, condition: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """The trust policy by which the AWS service `service` may assume a role."""
    statement: dict[str, Any] = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return document(statement | ({"Condition": condition} if condition else {}))
