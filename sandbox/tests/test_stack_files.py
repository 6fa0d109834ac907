import subprocess
import sys

import pytest

from sandbox.stack_files import give_back, keep_of, restored, set_aside, visible

OWN = "# mine\nconfig:\n  aws:region: eu-central-1 # here\n"
SALT = "encryptionsalt: v1:abc=:v1:def\n"
KMS = "secretsprovider: awskms://alias/secrets?region=eu-west-1\nencryptedkey: AQICAHh=\n"
SECRETS = (
    "config:\n  shop:password:\n    secure: v1:xyz:abc=\n  shop:list:\n    - secure: v1:one\n    - plain\n"
    "  shop:flat: {secure: v1:two}\n  shop:size: small\n"
)


@pytest.fixture
def file(tmp_path):
    (tmp_path / "project").mkdir()
    return tmp_path / "project" / "Pulumi.dev.yaml"


def aside(file):
    return set_aside(file.parent, file.parent.parent)


def test_a_salt_that_the_engine_writes_is_taken_out_again(file):
    file.write_text(OWN)
    with aside(file):
        file.write_text(SALT + OWN.replace("\n  aws", "\n    aws"))
    assert file.read_text() == OWN


def test_settings_that_a_command_changes_stay(file):
    file.write_text(OWN)
    with aside(file):
        file.write_text(SALT + OWN + "  a:b: c\n")
    assert file.read_text() == OWN + "  a:b: c\n"


def test_a_file_that_holds_nothing_but_a_salt_goes(file):
    with aside(file):
        file.write_text(SALT)
    assert list(file.parent.iterdir()) == []


def test_a_file_that_a_command_removes_stays_away(file):
    file.write_text(SALT + OWN)
    with aside(file):
        file.unlink()
    assert list(file.parent.iterdir()) == []


@pytest.mark.parametrize("own", [SALT, KMS])
def test_a_secrets_provider_of_the_users_own_is_set_aside_and_comes_back(file, own):
    file.write_text(own + OWN)
    with aside(file):
        assert file.read_text() == OWN
        file.write_text("encryptionsalt: v1:sandboxs-own\n" + OWN)
    assert file.read_text() == own + OWN


def test_secrets_of_the_users_own_read_sandbox_and_come_back_beside_what_a_command_changed():
    before = KMS + SECRETS
    assert visible(before) == (
        "config:\n  shop:password: sandbox\n  shop:list:\n    - sandbox\n    - plain\n"
        "  shop:flat: sandbox\n  shop:size: small\n"
    )
    now = restored(before, SALT + visible(before).replace("small", "large"))
    assert now.startswith(KMS)
    assert "secure: v1:xyz:abc=" in now
    assert "secure: v1:one" in now
    assert "secure: v1:two" in now
    assert "shop:size: large" in now
    assert SALT not in now


def test_secrets_without_a_secrets_provider_of_the_users_own_are_the_sandboxs():
    assert visible(SECRETS) == SECRETS
    assert restored("config: {}\n", SALT + SECRETS) == SECRETS


def test_of_two_commands_at_once_the_last_one_gives_back(file):
    file.write_text(SALT + OWN)
    first, second = aside(file), aside(file)
    first.__enter__()
    second.__enter__()
    assert file.read_text() == OWN
    first.__exit__(None, None, None)
    assert file.read_text() == OWN
    second.__exit__(None, None, None)
    assert file.read_text() == SALT + OWN


KILLED = """
import os, pathlib, signal, sys
from sandbox.stack_files import set_aside
with set_aside(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])):
    pathlib.Path(sys.argv[1], "Pulumi.dev.yaml").write_text("encryptionsalt: v1:sandboxs-own\\nconfig: {}\\n")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def killed(file):
    """A command was killed while the files were set aside."""
    file.write_text(KMS + "config: {}\n")
    subprocess.run([sys.executable, "-c", KILLED, str(file.parent), str(file.parent.parent)], check=False)
    assert KMS not in file.read_text()
    return file


def test_what_a_killed_command_set_aside_is_given_back_after_the_next_one(killed):
    with aside(killed):
        assert killed.read_text() == "config: {}\n"
    assert killed.read_text() == KMS + "config: {}\n"


def test_what_a_killed_command_set_aside_is_given_back_by_a_wipe(killed):
    give_back(killed.parent.parent)
    assert killed.read_text() == KMS + "config: {}\n"


def test_nothing_is_kept_when_nobody_runs(file):
    file.write_text(KMS + OWN)
    with aside(file), aside(file):
        pass
    assert [path.name for path in (file.parent.parent / "stack-files").iterdir()] == ["lock"]


def test_two_sandboxes_that_share_a_project_keep_its_files_in_one_place(tmp_path):
    one, other = {"SANDBOX_DIR": "/a", "HOME": "/h"}, {"SANDBOX_DIR": "/b", "HOME": "/h"}
    assert keep_of(one) == keep_of(other)
    assert keep_of({"PULUMI_HOME": str(tmp_path)}) == tmp_path / "sandbox"
