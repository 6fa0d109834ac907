from sandbox.stack_files import without_salt

OWN = "# mine\nconfig:\n  aws:region: eu-central-1 # here\n"
SALT = "encryptionsalt: v1:abc=:v1:def\n"


def test_a_salt_that_the_engine_writes_is_taken_out_again(tmp_path):
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(OWN)
    with without_salt(tmp_path):
        path.write_text(SALT + OWN.replace("\n  aws", "\n    aws"))
    assert path.read_text() == OWN


def test_settings_that_a_command_changes_stay(tmp_path):
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(OWN)
    with without_salt(tmp_path):
        path.write_text(SALT + OWN + "  a:b: c\n")
    assert path.read_text() == OWN + "  a:b: c\n"


def test_a_salt_of_the_users_own_stays(tmp_path):
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(SALT + OWN)
    with without_salt(tmp_path):
        pass
    assert path.read_text() == SALT + OWN


def test_a_file_that_holds_nothing_but_a_salt_goes(tmp_path):
    with without_salt(tmp_path):
        (tmp_path / "Pulumi.new.yaml").write_text(SALT)
    assert list(tmp_path.iterdir()) == []
