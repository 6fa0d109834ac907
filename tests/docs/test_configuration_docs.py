from tools import configuration_docs


def test_the_reference_of_settings_is_up_to_date(capsys):
    assert configuration_docs.main(["--check"]) == 0, capsys.readouterr().err


def test_a_changed_setting_makes_the_check_fail(tmp_path, monkeypatch):
    page = configuration_docs.ROOT / ".sandbox-test-configuration.md"
    monkeypatch.setattr(configuration_docs, "PAGE", page)
    assert configuration_docs.main(["--check"]) == 1
