from infra.outcome import outcome_problem


def test_a_rollback_is_noticed_and_only_a_rollback():
    arn = "arn:aws:ecs:eu-central-1:123456789012:task-definition/ecs-dev-cart"
    assert outcome_problem(service="cart", asked=f"{arn}:7", running=f"{arn}:7") is None
    assert outcome_problem(service="cart", asked=f"{arn}:7", running="ecs-dev-cart:7") is None
    says = outcome_problem(service="cart", asked=f"{arn}:7", running=f"{arn}:6")
    assert str(says).startswith("cart: the deployment of ecs-dev-cart:7 failed, and ECS went back to ecs-dev-cart:6")
