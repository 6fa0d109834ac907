from infra.environment.settings.discovery import DiscoverySettings


def test_a_namespace_is_named_after_its_environment_unless_told_otherwise():
    assert DiscoverySettings().name_in("dev") == "dev.internal"
    assert DiscoverySettings.model_validate({"namespace": "svc.corp"}).name_in("dev") == "svc.corp"
