"""Values of a container that are Outputs: texts in the task definition, or a sentence in the preview."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from infra.common.iam import allow
from infra.services.container import Container
from infra.services.service import Service
from tests.support.application import a_service
from tests.support.graph import Graph, graph_of
from tests.support.shop import running_what_was_deployed


def an_output(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(value)


def graph_with(make, *, preview: bool = True) -> Graph:
    lookups = {"aws:ecs/getService:getService": running_what_was_deployed}
    return graph_of(lambda: Service("cart", a_service(**make())), preview=preview, lookups=lookups)


def test_outputs_of_texts_are_written_into_the_task_definition():
    def make():
        late = an_output("late")
        return {"container": Container(command=["a", late], environment={"B": late}, health_command=[late])}

    (container,) = json.loads(graph_with(make).one(aws.ecs.TaskDefinition)["containerDefinitions"])
    assert container["command"] == ["a", "late"]
    assert container["environment"] == [{"name": "B", "value": "late"}]
    assert container["healthCheck"]["command"] == ["CMD", "late"]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Container(environment={"A": an_output(5432)}), "cart: environment: A must be a text, got"),
        (lambda: Container(environment={"A": an_output(True)}), "environment: A must be a text, got an Output of bool"),
        (lambda: Container(environment={"A": an_output({"b": 1})}), "A must be a text, got an Output of dict"),
        (lambda: Container(environment={"A": an_output(None)}), "A must be a text, got an Output of NoneType"),
        (lambda: Container(command=["--port", an_output(8080)]), "cart: command: must be a text, got an Output"),
        (lambda: Container(health_command=[an_output(["a"])]), "health_command: must be a text, got an Output of list"),
    ],
)  # fmt: skip
def test_an_output_of_something_else_is_a_sentence_in_the_preview(make, says):
    with pytest.raises(pulumi.RunError, match=says) as error:
        graph_with(lambda: {"container": make()})
    assert "\n" not in str(error.value)


def test_a_statement_may_name_what_the_program_makes():
    def make():
        bucket = an_output("arn:aws:s3:::cart")
        return {"statements": [allow(["s3:ListBucket"], [bucket])]}

    policy = json.loads(graph_with(make).one(aws.iam.RolePolicy, "cart-task-role")["policy"])
    assert policy["Statement"] == [{"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::cart"]}]
