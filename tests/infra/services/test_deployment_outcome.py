from types import SimpleNamespace
from typing import Any

import pulumi

from infra.services.deployment_outcome import confirmed, outcome_problem


def test_a_preview_asks_nothing(monkeypatch):
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)
    known: Any = SimpleNamespace(name="cart-0a1b2c3")
    definition = pulumi.Output.from_input("arn")
    assert confirmed(known, name="cart", cluster_arn="arn", task_definition=definition) == "cart-0a1b2c3"


def test_a_rollback_is_noticed_and_only_a_rollback():
    arn = "arn:aws:ecs:eu-central-1:123456789012:task-definition/ecs-dev-cart"
    assert outcome_problem(service="cart", deployed=f"{arn}:7", running=f"{arn}:7") is None
    assert outcome_problem(service="cart", deployed=f"{arn}:7", running="ecs-dev-cart:7") is None
    says = outcome_problem(service="cart", deployed=f"{arn}:7", running=f"{arn}:6")
    assert str(says).startswith("cart: the deployment of ecs-dev-cart:7 failed, and ECS rolled back to ecs-dev-cart:6")
