from dataclasses import replace

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.contract import PlatformLimits
from infra.services.container import Container, ecr_repository, image_problem
from infra.services.deployment import Deployment
from infra.services.placement import ZONES, Placement
from infra.services.redirect import Redirect
from infra.services.requirements import Requirements, platform_problems, room_problem, stop_problem
from infra.services.routing import Route
from infra.services.task_scaling import TaskScaling

LIMITS = PlatformLimits(
    instance_cpu_units=2048, instance_memory_mib=7362, tasks_per_instance=10, task_exit_time_s=840, domain="a.io"
)


def some_requirements(**changes) -> Requirements:
    inputs = {"cpu_units": 256, "memory_mib": 512, "stop_time_s": 30, "routes": []}
    return Requirements(**(inputs | changes))


def test_a_usual_service_fits():
    assert platform_problems(some_requirements(routes=[Route(host="shop.a.io")]), LIMITS) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"cpu_units": 2049}, "cpu_units: a task of 2049 fits no instance, they have 2048 for tasks"),
        ({"memory_mib": 7363}, "memory_mib: a task of 7363 fits no instance, they have 7362 for tasks"),
        ({"stop_time_s": 841}, "deregistration delay 0 s and stop timeout 841 s are more than the 840 s"),
        (
            {"stop_time_s": 541, "routes": [Route(deregistration_delay_s=300)]},
            "deregistration delay 300 s and stop timeout 541 s are more than the 840 s",
        ),
        (
            {"routes": [Route(host="shop.b.io")]},
            "route.host: must be a.io or a name directly below it, which its certificate",
        ),
        (
            {"stop_time_s": 541, "routes": [Route(path="/a"), Route(deregistration_delay_s=300)]},
            "deregistration delay 300 s and stop timeout 541 s are more than the 840 s",
        ),
        ({"routes": [Route(), Route(host="x.b.io")]}, "certificate and its record cover, got x.b.io"),
        ({"routes": [Route(host="x.shop.a.io")]}, "which its certificate and its record cover, got x.shop.a.io"),
    ],
)
def test_what_the_platform_cannot_do_is_a_sentence(changes, says):
    (problem,) = platform_problems(some_requirements(**changes), LIMITS)
    assert says in problem


@pytest.mark.parametrize("host", ["b.io", "shop.b.io", "*.b.io", "shop.a.io", None])
def test_hosts_of_a_further_domain_are_possible(host):
    found = some_requirements(routes=[Route(host=host)], domains=["b.io"])
    assert platform_problems(found, LIMITS) == []


def test_a_redirect_keeps_no_task_waiting():
    redirect = Route(host="a.io", path="/old", redirect=Redirect(path="/new"))
    assert platform_problems(some_requirements(stop_time_s=840, routes=[redirect]), LIMITS) == []
    assert platform_problems(some_requirements(stop_time_s=840, routes=[redirect, Route()]), LIMITS)


def test_a_further_domain_covers_one_label():
    found = some_requirements(routes=[Route(host="x.shop.b.io")], domains=["b.io"])
    (problem,) = platform_problems(found, LIMITS)
    assert problem.startswith("route.host: must be a.io or b.io or a name directly below it")


def test_without_a_domain_every_host_is_possible():
    assert platform_problems(some_requirements(routes=[Route(host="shop.b.io")]), replace(LIMITS, domain=None)) == []


def test_a_task_serves_as_long_as_callers_use_its_address():
    assert stop_problem(10, discoverable=True) is None
    assert "must be 10 or more, got 9" in str(stop_problem(9, discoverable=True))
    assert stop_problem(9, discoverable=False) is None


@pytest.mark.parametrize(
    ("tasks", "least", "most", "stuck"),
    [
        (1, 100, 100, True), (1, 100, 150, True), (1, 100, 200, False), (2, 100, 150, False), (2, 50, 100, False),
        (3, 100, 110, True), (10, 100, 110, False), (1, 0, 100, False),
    ],
)  # fmt: skip
def test_a_deployment_needs_room_for_one_task(tasks, least, most, stuck):
    problem = room_problem(minimum=tasks, maximum=tasks, least_percent=least, most_percent=most)
    assert (problem is not None) is stuck


@given(st.integers(1, 20), st.integers(0, 20), st.integers(0, 100), st.integers(100, 200))
def test_room_at_every_number_of_tasks_is_room_at_each(minimum, more, least, most):
    bounds = {"least_percent": least, "most_percent": most}
    each = [room_problem(minimum=n, maximum=n, **bounds) for n in range(minimum, minimum + more + 1)]
    together = room_problem(minimum=minimum, maximum=minimum + more, **bounds)
    assert (together is None) == (not any(each))


@pytest.mark.parametrize("image", ["nginx", "nginx:1.27", "nginx@sha256:123", "nginx:latest@sha1:" + "a" * 64])
def test_an_image_without_a_digest_is_refused(image):
    assert str(image_problem(image)).startswith("image: must have a digest")


def test_the_repository_of_a_private_image_is_found():
    digest = "@sha256:" + "a" * 64
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/cart" + digest
    assert image_problem(image) is None
    assert ecr_repository(image) == {"account": "123456789012", "region": "eu-west-1", "name": "team/cart"}
    assert ecr_repository("nginx" + digest) is None


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: TaskScaling(minimum=0), "minimum: where no task runs, only a queue starts one"),
        (lambda: TaskScaling(minimum=6, maximum=5), r"minimum: must be 0 or more and at most maximum \(5\), got 6"),
        (lambda: TaskScaling(desired=1), "desired: must be 2 to 10, got 1"),
        (lambda: TaskScaling(cpu_percent=None), "give one target at least"),
        (lambda: TaskScaling(cpu_percent=0), "cpu_percent: must be 1 to 100, got 0"),
        (lambda: TaskScaling(memory_percent=101), "memory_percent: must be 1 to 100, got 101"),
        (lambda: TaskScaling(cpu_percent=101), "cpu_percent: must be 1 to 100, got 101"),
        (lambda: Deployment(minimum_healthy_percent=101), "minimum_healthy_percent: must be 0 to 100"),
        (lambda: TaskScaling(requests_per_minute=0), "requests_per_minute: must be 1 or more, got 0"),
        (lambda: Deployment(grace_s=-1), "grace_s: must be 0 or more"),
        (lambda: Deployment(maximum_percent=201), "maximum_percent: must be 1 to 200, got 201"),
        (lambda: Deployment(timeout_s=59), "timeout_s: must be 60 or more, got 59"),
        (lambda: Placement(strategies=[ZONES] * 6), "strategies: must be 5 at most, got 6"),
        (lambda: Placement(constraints=["a"] * 11), "constraints: must be 10 at most, got 11"),
        (lambda: Container(secrets={"KEY": "plain"}), "secrets: KEY must be the ARN of a secret of Secrets Manager"),
        (
            lambda: Container(environment={"N": 1}),  # pyright: ignore[reportArgumentType]
            "environment: N must be a text, got 1; write '1'",
        ),
        (lambda: Container(writable_paths=["tmp"]), "writable_paths: must be absolute paths of folders, got tmp"),
        (lambda: Container(writable_paths=["/"]), "writable_paths: must be absolute paths of folders, got /"),
        (lambda: Container(writable_paths=["/a/b", "/a-b"]), "/a/b and /a-b would be the volume a-b; rename one"),
        (lambda: Container(stop_timeout_s=1), "stop_timeout_s: must be 2 to 3600 s, got 1"),
        (lambda: Container(start_period_s=5), "start_period_s: belongs to health_command, and there is none"),
        (lambda: Container(health_command=["a"], start_period_s=301), "start_period_s: must be 0 to 300 s, got 301"),
        (lambda: Container(user=""), "user: must be a user, or None for that of the image, got ''"),
        (lambda: Container(environment={"A=B": "c"}), "environment: a name must be a text without '=', got 'A=B'"),
        (lambda: Route(host="", priority=5), "host: must be a host, got ''; leave it out for every host"),
    ],
)
def test_what_contradicts_itself_is_refused(make, says):
    with pytest.raises(pulumi.RunError, match=says):
        make()


def test_the_value_of_what_should_have_been_a_secret_is_not_shown():
    with pytest.raises(pulumi.RunError, match="secrets: KEY") as error:
        Container(secrets={"KEY": "hunter2"})
    assert "hunter2" not in str(error.value)
