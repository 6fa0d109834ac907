import json
import re

import pulumi
import pulumi_aws as aws
import pytest

from infra import Container, Password, Secret, SecretArgs, Service
from infra.services.password import KINDS
from infra.services.secret import LARGEST_BYTES, LONGEST_NAME
from tests.support.application import a_platform, a_service
from tests.support.graph import ACCOUNT, REGION, graph_of
from tests.support.service import container_of, graph_from, statements

ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-0a1b2c3-AbCdEf"
VERSION = "9d4cb84b-ad69-40c0-a0ab-cead36b967e8"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
"""How the engine's protocol marks a secret (Pulumi SDK, `rpc._secret_sig`)."""


def graph_with(*, preview: bool = False, **changes):
    return graph_of(lambda: Secret("db", SecretArgs(**changes)), preview=preview)


def sent(graph) -> str:
    """The value, which has to be marked as a secret on its way to the engine."""
    version = graph.one(aws.secretsmanager.SecretVersion)
    assert version.secret_inputs == {"secretString"}
    return version["secretString"]


@pytest.mark.parametrize("preview", [True, False])
def test_a_password_is_generated_once_and_kept_as_a_secret(preview):
    graph = graph_with(preview=preview)
    assert re.fullmatch(r"[a-zA-Z2-9]{32}", sent(graph))
    assert graph.one(aws.secretsmanager.SecretVersion).ignore_changes == ("secretString",)
    assert graph.one(aws.secretsmanager.SecretVersion).name == "db-password-1"


def test_every_run_draws_another_one_of_the_same_form():
    drawn = {Password(length=16).drawn() for _ in range(200)}
    assert len(drawn) == 200
    for one in drawn:
        assert len(one) == 16
        assert all(set(one) & set(kind) for kind in KINDS)
        assert not set(one) & set("0Oo1Il")
    assert set("".join(drawn)) == set("".join(KINDS))
    assert len("".join(KINDS)) == 56


def test_another_generation_is_another_version():
    graph = graph_with(value=Password(generation=2))
    assert graph.one(aws.secretsmanager.SecretVersion).name == "db-password-2"


def test_the_password_is_there_for_what_it_opens_and_stays_a_secret():
    shown: dict[str, bool] = {}

    def program():
        password = Secret("db", SecretArgs()).password
        assert password is not None
        pulumi.export("password", password)
        pulumi.export("secret", pulumi.Output.from_input(password.is_secret()).apply(lambda it: shown.update(it=it)))

    graph = graph_of(program)
    assert graph.outputs["password"] == sent(graph)
    assert shown == {"it": True}


def test_a_given_value_is_kept_as_a_secret_and_follows_the_program():
    graph = graph_with(value=pulumi.Output.from_input("hunter2"))
    version = graph.one(aws.secretsmanager.SecretVersion)
    assert (sent(graph), version.name, version.ignore_changes) == ("hunter2", "db-value", ())


def test_without_a_value_there_is_a_secret_and_no_version():
    made: list[Secret] = []
    graph = graph_of(lambda: made.append(Secret("db", SecretArgs(value=None))))
    assert len(graph.of(aws.secretsmanager.Secret)) == 1
    assert not graph.of(aws.secretsmanager.SecretVersion)
    assert (made[0].secret_version, made[0].password) == (None, None)


def test_the_key_of_a_platform_encrypts_it_where_it_has_one():
    assert graph_with(platform=a_platform(key_arn=KEY)).one(aws.secretsmanager.Secret)["kmsKeyId"] == KEY
    for other in (graph_with(platform=a_platform(key_arn=None)), graph_with()):
        assert "kmsKeyId" not in other.one(aws.secretsmanager.Secret).inputs


def test_a_task_waits_for_the_value_gets_it_by_its_arn_and_may_read_it():
    def program():
        secret = Secret("db", SecretArgs())
        Service("cart", a_service(container=Container(secrets={"DB": secret.arn})))

    graph = graph_from(program)
    assert container_of(graph)["secrets"] == [{"name": "DB", "valueFrom": ARN}]
    read = [one["Resource"] for one in statements(graph, "execution") if "secretsmanager" in one["Action"][0]]
    assert read == [[ARN]]
    version = graph.one(aws.secretsmanager.SecretVersion)
    assert version.urn in graph.before(graph.one(aws.ecs.TaskDefinition))
    assert "secrets" in json.dumps(container_of(graph_from(program, preview=True)))


def test_a_key_of_a_secret_goes_into_a_container():
    def program():
        secret = Secret("db", SecretArgs(value=pulumi.Output.from_input('{"password": "hunter2"}')))
        Service("cart", a_service(container=Container(secrets={"DB": secret.key("password")})))

    assert container_of(graph_from(program))["secrets"] == [{"name": "DB", "valueFrom": f"{ARN}:password::"}]


@pytest.mark.parametrize(("key", "shown"), [(None, ""), ("password", "password")])
def test_another_value_is_another_task_definition_where_the_current_one_is_named(key, shown):
    def program():
        secret = Secret("db", SecretArgs(value=pulumi.Output.from_input('{"password": "hunter2"}')))
        Service("cart", a_service(container=Container(secrets={"DB": secret.current(key)})))

    graph = graph_from(program)
    assert container_of(graph)["secrets"] == [{"name": "DB", "valueFrom": f"{ARN}:{shown}::{VERSION}"}]
    read = [one["Resource"] for one in statements(graph, "execution") if "secretsmanager" in one["Action"][0]]
    assert read == [[ARN]]


def test_a_value_that_is_set_outside_has_no_current_one():
    with pytest.raises(pulumi.RunError, match=r"^db: current: the value is set outside of Pulumi, .*restart"):
        graph_of(lambda: Secret("db", SecretArgs(value=None)).current())


@pytest.mark.parametrize("key", ["a:b", "", 5])
def test_a_key_of_the_current_value_is_checked_likewise(key):
    with pytest.raises(pulumi.RunError, match=f"^db: key: must be a text without ':', got {key!r}"):
        graph_of(lambda: Secret("db", SecretArgs(value=pulumi.Output.from_input("{}"))).current(key))


@pytest.mark.parametrize("name", ["a:b", "", None])
def test_a_key_that_ecs_does_not_take_is_refused(name):
    with pytest.raises(pulumi.RunError, match=f"^db: key: must be a text without ':', got {name!r}"):
        graph_of(lambda: Secret("db", SecretArgs(value=None)).key(name))


def test_a_generated_password_has_no_keys():
    with pytest.raises(pulumi.RunError, match=r"^db: key: the secret is a password without keys; take its arn"):
        graph_of(lambda: Secret("db", SecretArgs()).key("password"))


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (17, "value: must be a text, got an Output of int"),
        ("", f"value: must be 1 to {LARGEST_BYTES} bytes, got 0"),
        ("ä" * (LARGEST_BYTES // 2 + 1), f"value: must be 1 to {LARGEST_BYTES} bytes, got {LARGEST_BYTES + 2}"),
    ],
)
def test_an_output_that_is_no_value_is_refused_in_a_preview(value, says):
    with pytest.raises(pulumi.RunError, match=f"^db: {says}"):
        graph_with(value=pulumi.Output.from_input(value), preview=True)


@pytest.mark.parametrize("value", ["hunter2", {"password": "hunter2"}, ["hunter2"], b"hunter2"])
def test_a_value_that_stands_in_the_program_is_refused_and_not_said(value):
    wanted = "write Password(), config.require_secret('name') or None"
    with pytest.raises(pulumi.RunError, match=r"^SecretArgs.value: must be a Password, got something else") as error:
        SecretArgs(value=value)
    assert "hunter2" not in str(error.value)
    assert wanted in str(error.value)


@pytest.mark.parametrize("days", [1, 6, 31, -1])
def test_a_window_that_secrets_manager_does_not_take_is_refused(days):
    with pytest.raises(pulumi.RunError, match=f"recovery_window_days: must be 7 to 30, or 0, got {days}"):
        SecretArgs(recovery_window_days=days)


@pytest.mark.parametrize("days", [0, 7, 30])
def test_the_windows_at_the_bounds_are_taken(days):
    assert graph_with(recovery_window_days=days).one(aws.secretsmanager.Secret)["recoveryWindowInDays"] == days


@pytest.mark.parametrize("changes", [{"length": 15}, {"length": 129}, {"generation": 0}])
def test_a_password_that_is_too_short_too_long_or_before_the_first_is_refused(changes):
    (name,) = changes
    with pytest.raises(pulumi.RunError, match=rf"^Password\.{name}: must be "):
        Password(**changes)


@pytest.mark.parametrize("name", ["db password", "db:1", "", "a" * (LONGEST_NAME + 1), None])
def test_a_name_that_secrets_manager_does_not_take_is_refused(name):
    with pytest.raises(pulumi.RunError, match=r"^name: must be the start of a secret's name"):
        graph_of(lambda: Secret(name, SecretArgs()))


def test_other_args_are_refused():
    with pytest.raises(pulumi.RunError, match=r"^db: args: must be a SecretArgs, got None; write Secret\('db', Sec"):
        graph_of(lambda: Secret("db", None))  # type: ignore[arg-type]
