"""A stack that stands is checked from its export."""

import importlib
import inspect
import io
import json
import re
import subprocess
import sys
import tomllib

import pytest

from ecs_operations import RULES
from ecs_operations.check_stack import main
from ecs_operations.engine.state import NoStateError, read
from ecs_operations.facts import tokens
from ecs_operations.facts.values import Unknown
from tests.support.stack_files import ROOT

STACK = "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod"
PROVIDER = "urn:pulumi:prod::shop::pulumi:providers:aws::aws"
TAGS = {"environment": "prod", "owner": "a", "managed-by": "pulumi"}
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:prod::shop::{type_}::{name}"


def entry(type_: str, name: str, /, *, state: dict | None = None, **inputs) -> dict:
    return {
        "urn": urn(type_, name), "custom": True, "id": f"{name}-id", "type": type_, "parent": STACK,
        "inputs": {"__defaults": [], **inputs}, "outputs": inputs, "provider": f"{PROVIDER}::0a1b", **(state or {}),
    }  # fmt: skip


def log_group(name: str = "web", days: int = 30, **state) -> dict:
    return entry(tokens.LOG_GROUP, name, state=state, name=f"/shop/{name}", retentionInDays=days, kmsKeyId="k")


def export(*resources: dict) -> str:
    provider = {
        "urn": PROVIDER, "custom": True, "id": "0a1b", "type": "pulumi:providers:aws",
        "inputs": {"defaultTags": json.dumps({"tags": TAGS})},
    }  # fmt: skip
    root = {"urn": STACK, "custom": False, "type": "pulumi:pulumi:Stack"}
    return json.dumps({"version": 3, "deployment": {"resources": [root, provider, *resources]}})


@pytest.fixture
def command():
    return main


@pytest.mark.parametrize("how", [["policies/check_stack.py"], ["-m", "ecs_operations.check_stack"]])
def test_the_command_starts_from_the_folder_and_from_the_installed_package(how, tmp_path):
    file = tmp_path / "stack.json"
    file.write_text(export(log_group(days=0)))
    done = subprocess.run(
        [sys.executable, *how, str(file)], cwd=ROOT, env={"PYTHONPATH": "policies"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "logs-retention" in done.stdout) == (1, True), done.stderr


def checked(command, tmp_path, text: str, *options: str) -> int:
    file = tmp_path / "stack.json"
    file.write_text(text)
    return command([str(file), *options])


def test_a_stack_that_keeps_every_rule_is_quiet_and_succeeds(command, tmp_path, capsys):
    assert checked(command, tmp_path, export(log_group())) == 0
    assert capsys.readouterr().out.endswith("3 resources: 0 mandatory, 0 advisory\n")


def test_a_finding_names_rule_resource_and_remedy_and_fails(command, tmp_path, capsys):
    assert checked(command, tmp_path, export(log_group(days=0))) == 1
    assert capsys.readouterr().out.splitlines()[:4] == [
        f"[mandatory]  logs-retention  ({tokens.LOG_GROUP}: web)",
        "    web: logs never expire",
        "    Fix: Set retention_in_days.",
        "    Severity medium; why: docs/policies.md#logs-retention",
    ]


def test_the_export_may_come_through_a_pipe(command, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(export(log_group(days=0))))
    assert command([]) == 1


def test_a_profile_decides_what_fails(command, tmp_path):
    profile = tmp_path / "profile.json"
    profile.write_text('{"logs-retention": "advisory"}')
    assert checked(command, tmp_path, export(log_group(days=0)), "--config", str(profile)) == 0


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("[]", "is not an object of rules"),
        ("{", "is not JSON"),
        (None, "cannot read"),
        ('{"logs-retention": "mandatry"}', "logs-retention: got 'mandatry', must be advisory, mandatory or disabled"),
        ('{"logs-retention": 3}', "logs-retention: got 3, must be a level or an object of settings"),
    ],
)
def test_a_profile_that_is_none_is_one_sentence_and_code_2(command, tmp_path, capsys, settings, says):
    profile = tmp_path / "profile.json"
    if settings is not None:
        profile.write_text(settings)
    assert checked(command, tmp_path, export(log_group()), "--config", str(profile)) == 2
    assert says in capsys.readouterr().err


def test_a_rule_that_does_not_exist_is_a_finding(command, tmp_path, capsys):
    profile = tmp_path / "profile.json"
    profile.write_text('{"log-retention": "disabled"}')
    assert checked(command, tmp_path, export(log_group()), "--config", str(profile)) == 1
    assert "there is no rule log-retention; did you mean logs-retention?" in capsys.readouterr().out


def test_a_file_that_is_no_text_is_one_sentence_and_code_2(command, tmp_path, capsys):
    file = tmp_path / "stack.json"
    file.write_bytes(b"\xff\xfe\x00")
    assert command([str(file)]) == 2
    assert capsys.readouterr().err == f"error: {file} is not UTF-8 text\n"


def test_a_setting_that_does_not_exist_is_a_finding(command, tmp_path, capsys):
    profile = tmp_path / "profile.json"
    profile.write_text('{"logs-retention": {"minimumDay": 30}}')
    assert checked(command, tmp_path, export(log_group()), "--config", str(profile)) == 1
    assert "[mandatory]  pack-configuration  (the configuration)" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "nothing", "[]", "{}", '{"deployment": {"resources": []}}', '{"deployment": 3}'])
def test_what_is_no_export_is_one_sentence_and_code_2(command, tmp_path, capsys, text):
    assert checked(command, tmp_path, text) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_links_come_from_the_dependencies_of_the_state():
    vpc = entry(tokens.VPC, "main")
    logs = entry(
        tokens.FLOW_LOG, "all", vpcId="main-id", state={"propertyDependencies": {"vpcId": [vpc["urn"]], "x": None}}
    )
    (found,) = [item for item in read(export(vpc, logs)).resources if item.type == tokens.FLOW_LOG]
    assert found.dependencies == {"vpcId": {vpc["urn"]}, "x": frozenset()}
    assert found.provider["defaultTags"]
    assert "__defaults" not in found.inputs


def test_what_waits_for_its_deletion_or_its_replacement_or_was_only_looked_up_is_not_judged():
    text = export(
        log_group(),
        log_group("old", days=0, delete=True),
        log_group("gone", days=0, pendingReplacement=True),
        log_group("theirs", days=0, external=True),
    )
    assert [item.name for item in read(text).resources if item.type == tokens.LOG_GROUP] == ["web"]


def test_what_is_no_part_of_the_stack_is_named_as_such(command, tmp_path, capsys):
    balancer = entry(tokens.LOAD_BALANCER, "web", subnets=["subnet-1", "subnet-2"])
    checked(command, tmp_path, export(balancer))
    said = capsys.readouterr().out
    assert "subnets (the zones of subnets that are not in this stack) is no part of this stack: only AWS knows" in said


def test_options_are_those_of_the_state():
    text = export(log_group(dependencies=["urn:x"], retainOnDelete=True, deleteBeforeReplace=True), log_group("other"))
    web, other = (item for item in read(text).resources if item.type == tokens.LOG_GROUP)
    assert (web.depends_on, web.retain_on_delete, web.delete_before_replace) == ({"urn:x"}, True, True)
    assert (other.depends_on, other.retain_on_delete, other.delete_before_replace) == (frozenset(), False, False)


def test_a_secret_is_read_where_the_export_shows_it_and_unknown_where_it_does_not():
    shown = entry(tokens.FUNCTION, "shown", environment={**SECRET, "plaintext": '{"variables": {"A": "b"}}'})
    hidden = entry(tokens.FUNCTION, "hidden", environment={**SECRET, "ciphertext": "v1:abc"})
    found = {item.name: item for item in read(export(shown, hidden)).resources}
    assert found["shown"].get("environment", "variables", "A") == "b"
    assert isinstance(found["hidden"].peek("environment"), Unknown)


def test_a_secret_that_is_broken_makes_the_text_no_export():
    with pytest.raises(NoStateError, match="not the JSON"):
        read(export(entry(tokens.FUNCTION, "f", environment={**SECRET, "plaintext": "no JSON"})))


def test_a_secret_that_a_rule_needs_is_said_to_be_unreadable(command, tmp_path, capsys):
    role = entry(tokens.ROLE_POLICY, "reader", role="reader", policy={**SECRET, "ciphertext": "v1:abc"})
    assert checked(command, tmp_path, export(role)) == 0
    assert f"[not judged]  iam-no-wildcards  ({tokens.ROLE_POLICY}: reader)" in capsys.readouterr().out


def test_rules_on_ignored_changes_run_only_where_the_engine_recorded_some(command, tmp_path, capsys):
    assert checked(command, tmp_path, export(log_group())) == 0
    assert "[not judged]  no-ignore-changes-on-guarded\n" in capsys.readouterr().out
    assert checked(command, tmp_path, export(log_group(ignoreChanges=["retentionInDays"]))) == 1
    assert "ignores changes of retentionInDays" in capsys.readouterr().out


def test_the_rules_that_need_the_option_are_those_that_read_it():
    bodies = {rule.id: inspect.getsource(rule.check).partition('"""')[2] for rule in RULES}
    readers = {id_ for id_, body in bodies.items() if re.search(r"ignore_changes|\bignore[sd]\(", body)}
    assert readers == {rule.id for rule in RULES if rule.reads_ignore_changes}
    assert len(readers) == 5


def test_no_resource_at_all_is_an_error():
    with pytest.raises(NoStateError, match="holds no resource"):
        read('{"deployment": {}}')


def test_the_distribution_has_the_command():
    project = tomllib.loads((ROOT / "policies" / "pyproject.toml").read_text())["project"]
    (target,) = project["scripts"].values()
    module, _, function = target.partition(":")
    assert callable(getattr(importlib.import_module(module), function))
    assert f"`{next(iter(project['scripts']))}`" in (ROOT / "policies" / "README.md").read_text()
