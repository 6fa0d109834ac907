"""A generated password through the real engine: drawn once, never shown, and another one only when it is asked for."""

import pytest

from tests.engine.workspace import Workspace

pytestmark = pytest.mark.engine

PROGRAM = """\
import pulumi

from infra import Password, Secret, SecretArgs

database = Secret("shop/database", SecretArgs(value=Password(generation=1)))
later = Secret("shop/later", SecretArgs(value=None))
pulumi.export("database", database.arn)
pulumi.export("password", database.password)
pulumi.export("later", later.arn)
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    space = Workspace.of(tmp_path_factory.mktemp("secrets"))
    (space.folder / "__main__.py").write_text(PROGRAM)
    assert space.in_sandbox("start").code == 0
    space.succeeds("stack", "init", "dev")
    space.up()
    yield space
    space.in_sandbox("wipe")


def value_of(space: Workspace, output: str) -> str:
    arn = space.succeeds("stack", "output", output, "--stack", "dev").split()[-1]
    return space.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]


def test_the_next_runs_draw_another_password_and_keep_the_first(workspace):
    first = value_of(workspace, "database")
    assert len(first) == 32
    assert set(workspace.plan("--stack", "dev")) == {"same"}
    workspace.up()
    assert value_of(workspace, "database") == first
    given = workspace.succeeds("stack", "output", "password", "--show-secrets", "--stack", "dev").split()[-1]
    assert given == first
    workspace.succeeds("refresh", "--stack", "dev", "--yes", "--skip-preview")
    assert set(workspace.plan("--stack", "dev")) == {"same"}


def test_neither_the_state_nor_what_is_printed_shows_it(workspace):
    password = value_of(workspace, "database")
    state = workspace.sandbox / "state" / ".pulumi" / "stacks"
    texts = [path.read_text(errors="ignore") for path in state.rglob("*.json*")]
    assert any("shop/database" in text for text in texts)
    assert [text for text in texts if password in text] == []
    assert "[secret]" in workspace.succeeds("stack", "output", "password", "--stack", "dev")
    assert password not in workspace.succeeds("preview", "--stack", "dev", "--diff", "--show-sames")


def test_a_value_that_is_set_outside_stays(workspace):
    arn = workspace.succeeds("stack", "output", "later", "--stack", "dev").split()[-1]
    workspace.client("secretsmanager").put_secret_value(SecretId=arn, SecretString="from-outside")
    assert set(workspace.plan("--stack", "dev")) == {"same"}
    workspace.up()
    assert value_of(workspace, "later") == "from-outside"


def test_another_generation_is_another_password(workspace):
    first = value_of(workspace, "database")
    with workspace.edited("__main__.py", "generation=1", "generation=2"):
        workspace.up()
        second = value_of(workspace, "database")
    assert second != first
    assert len(second) == 32
    workspace.up()  # the other tests' program again: a third one
    assert value_of(workspace, "database") not in (first, second)
