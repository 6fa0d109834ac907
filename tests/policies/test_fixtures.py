"""What rules and cases call things is what the AWS provider calls them: a misspelt name would make a rule vacuous."""

from __future__ import annotations

import importlib
import typing
from collections.abc import Iterator
from typing import Any

import pulumi_aws
import pytest
from pulumi._types import input_type_py_to_pulumi_names, input_type_types, is_input_type

from ecs_operations import RULES, Rule
from ecs_operations.facts import tokens
from ecs_operations.facts.values import Unknown
from ecs_operations.rules.required_tags import TAGGABLE
from tests.policies.cases.all_cases import CASES

ALIASED = {"lambda": "lambda_"}


def sdk_class(token: str) -> Any:
    module, _, name = token.removeprefix("aws:").partition("/")
    module = ALIASED.get(module, module)
    importlib.import_module(f"pulumi_aws.{module}")
    return getattr(getattr(pulumi_aws, module), name.partition(":")[2])


def args_class(token: str) -> Any:
    found = sdk_class(token)
    module = importlib.import_module(found.__module__)
    # where an inline block of another type has the name with Args, that of the resource ends in InitArgs
    return getattr(module, f"{found.__name__}InitArgs", None) or getattr(module, f"{found.__name__}Args")


def structure(annotation: Any) -> Any:
    """The input type somewhere inside an annotation, None for scalars."""
    if isinstance(annotation, type) and is_input_type(annotation):
        return annotation
    found = (structure(part) for part in typing.get_args(annotation))
    return next((item for item in found if item is not None), None)


def misspelt(value: Any, type_: Any, path: str) -> Iterator[str]:
    """Paths of all keys inside a value that the input type does not have."""
    if isinstance(value, list):
        for item in value:
            yield from misspelt(item, type_, path)
    elif isinstance(value, dict) and type_ is not None and not isinstance(value, Unknown):
        types = input_type_types(type_)
        for key, item in value.items():
            if key not in types:
                yield f"{path}.{key}"
            else:
                yield from misspelt(item, structure(types[key]), f"{path}.{key}")


@pytest.mark.parametrize("token", sorted(tokens.ALL))
def test_a_type_token_is_the_one_of_the_provider(token: str):
    assert sdk_class(token).pulumi_type == token


def test_tags_are_wanted_of_all_types_that_have_them_and_of_no_other():
    tagged = {token for token in tokens.ALL if "tags" in input_type_py_to_pulumi_names(args_class(token)).values()}
    assert set(TAGGABLE) == tagged


def test_the_properties_of_the_cases_are_those_of_the_provider():
    resources = {id(resource): resource for case in CASES for resource in case.resources}.values()
    wrong = {
        f"{resource.type}{path}"
        for resource in resources
        if resource.type in tokens.ALL
        for source in (resource.inputs, dict.fromkeys(resource.dependencies))
        for path in misspelt(source, args_class(resource.type), "")
    }
    assert wrong == set()


def test_a_misspelt_property_is_found_at_every_depth():
    group = args_class(tokens.GROUP)
    value = {"tags": [{"key": "a", "propagate": True}], "minsize": 1}
    assert list(misspelt(value, group, "")) == [".tags.propagate", ".minsize"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_guarded_property_exists_on_one_of_the_rules_types(rule: Rule):
    known = {name for token in rule.types for name in input_type_py_to_pulumi_names(args_class(token)).values()}
    assert set(rule.guards) <= known
