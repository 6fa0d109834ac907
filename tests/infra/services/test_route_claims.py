from dataclasses import replace

import pulumi
import pytest

from infra.contract import Platform
from infra.services.route_claims import claims_of
from infra.services.routing import Route
from tests.support.application import a_platform
from tests.support.graph import graph_of
from tests.support.shop import exported

DEV, PROD = "acme/ecs-platform/dev", "acme/ecs-platform/prod"
STACKS = {DEV: exported(), PROD: exported()}
EVERY = Route(path="/*")


def program(*claims):
    """A program in which each of some (service, platform) claims every request."""

    def claim() -> None:
        for service, platform in claims:
            claims_of(platform()).claim(service, EVERY)

    return graph_of(claim, stacks=STACKS)


def read(stack: str):
    return lambda: Platform.of(stack)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (read(DEV), read(DEV)),
        (read(DEV), lambda: replace(Platform.of(DEV), namespace="other.internal")),
        (a_platform, a_platform),
    ],
    ids=["read twice", "read, and changed", "made of plain values"],
)
def test_services_of_one_program_and_platform_cannot_have_the_same_requests(first, second):
    with pytest.raises(pulumi.RunError, match="catalog and cart both want"):
        program(("cart", first), ("catalog", second))


def test_a_platform_of_the_same_program_has_claims_before_its_load_balancer_is_known():
    suffix = pulumi.Output.from_input("app/ecs-test/50dc6c495c0c9188")
    platform = a_platform(load_balancer_arn_suffix=suffix)
    with pytest.raises(pulumi.RunError, match="catalog and cart both want"):
        program(("cart", lambda: platform), ("catalog", lambda: replace(platform)))


def test_each_platform_has_its_own_requests():
    program(("cart", read(DEV)), ("catalog", read(PROD)))
    program(("cart", read(DEV)), ("catalog", a_platform))


def test_the_next_program_of_the_process_starts_without_claims():
    program(("cart", read(DEV)), ("web", a_platform))
    program(("catalog", read(DEV)), ("other", a_platform))


def test_without_a_program_there_is_one_sentence(monkeypatch):
    monkeypatch.setattr("infra.common.program.get_monitor", lambda: None)
    with pytest.raises(RuntimeError, match="no Pulumi program runs here"):
        claims_of(a_platform())
