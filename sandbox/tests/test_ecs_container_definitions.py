"""A document of containers with values of another type than the API's is refused before anything is called."""

from __future__ import annotations

import json

import pytest

from sandbox.entries.ecs_container_definitions import problem


def a_document(**changes):
    return json.dumps([{"name": "app", "image": "shop:1", "memory": 64, **changes}])


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"environment": [{"name": "A", "value": 5432}]}, "number into containerDefinitions.0.environment.0.value"),
        ({"environment": [{"name": "A", "value": True}]}, "bool into containerDefinitions.0.environment.0.value"),
        ({"environment": [{"name": "A", "value": {"b": 1}}]}, "object into containerDefinitions.0.environment.0.value"),
        ({"environment": {"A": "b"}}, "object into containerDefinitions.0.environment"),
        ({"command": ["--port", 8080]}, "number into containerDefinitions.0.command.1"),
        ({"command": "npm start"}, "string into containerDefinitions.0.command"),
        ({"user": 1000}, "number into containerDefinitions.0.user"),
        ({"memory": "64"}, "string into containerDefinitions.0.memory"),
        ({"essential": 1}, "number into containerDefinitions.0.essential"),
        ({"cpu": True}, "bool into containerDefinitions.0.cpu"),
    ],
)
def test_a_value_of_another_type_is_refused_with_its_place(changes, wrong):
    assert f"container_definitions is invalid: cannot unmarshal {wrong} of type" in str(problem(a_document(**changes)))


@pytest.mark.parametrize("text", ["", "{", "{}", '""', "[1]"])
def test_a_document_that_is_no_list_of_objects_is_refused(text):
    assert problem(text)


def test_right_types_names_in_any_case_and_unknown_names_pass():
    assert problem(a_document(environment=[{"name": "A", "value": "5432"}], command=["a"], essential=True)) is None
    assert problem(a_document(user=None, Cpu=10, somethingNew={"a": 1})) is None


def test_the_provider_says_it_when_it_checks(driver):
    inputs = {"family": "shop", "containerDefinitions": a_document(user=1000)}
    _, failures = driver.check("aws:ecs/taskDefinition:TaskDefinition", inputs)
    assert [reason.split(": ")[0] for _, reason in failures] == ["ECS Task Definition container_definitions is invalid"]
