"""Wrong input through the real engine: one clear sentence, a non-zero exit code, nothing half-made, no trace."""

import pytest

from tests.engine.workspace import ROOT, Workspace

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    space = Workspace.of(tmp_path_factory.mktemp("bad-input"))
    assert space.in_sandbox("start").code == 0
    space.succeeds("stack", "init", "dev")
    yield space
    space.in_sandbox("wipe")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("zones: 2", "zones: 1", "network.zones: must be 2 or more, got 1"),
        ("zones: 2", "cidr: 10.0.0.0/28", "10.0.0.0/28 has prefix /28; take /16 to /20"),
        ("zones: 2", "cidr: nonsense", "'nonsense' is no IPv4 range"),
        ("zones: 2", "zons: 2", "network.zons: no such setting; did you mean zones?"),
        ("zones: 2", "zones: two", 'network.zones: must be a whole number, without quotes, got "two"'),
        ("zones: 2", "zones: 5", "5 zones asked for, the Region has 3"),
        ("region: eu-central-1", "region: eu-middle-1", "there is no Region 'eu-middle-1'"),
        ("types: [m7g.medium]", "types: [m7g.huge]", "m7g.huge: unknown instance type; did you mean m7g"),
        ("minSize: 2", "minSize: 9", "instances.minSize: 9 is more than maxSize, which is 4"),
        (
            "types: [m7g.medium]", "amiRelease: al2023-ami-ecs-hvm-1-arm64\n    types: [m7g.medium]",
            "instances.amiRelease: this Region has no image al2023-ami-ecs-hvm-1-arm64",
        ),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_one_sentence(workspace, old, new, says):
    workspace.edit("Pulumi.dev.yaml", old, new)
    done = workspace.pulumi("up", "--stack", "dev", "--yes", "--skip-preview")
    workspace.edit("Pulumi.dev.yaml", new, old)
    assert done.code != 0
    assert says in done.text
    assert "Traceback" not in done.text
    made = [line for line in done.text.splitlines() if "created" in line and "aws:" in line]
    assert made == []


def test_an_emulator_that_is_gone_is_said_with_the_way_back(tmp_path):
    space = Workspace.of(tmp_path)
    done = space.pulumi("preview", "--stack", "dev")
    assert done.code == 1
    assert done.text.strip() == "sandbox: the emulator is not running; run: python -m sandbox start"


def test_the_sandboxs_provider_refuses_to_run_outside_of_it(workspace):
    engine = workspace.in_sandbox("env").text
    path = next(line for line in engine.splitlines() if line.startswith("export PATH="))
    script = f"{path}; export PULUMI_BACKEND_URL=file://{workspace.sandbox}/state; pulumi preview --stack dev"
    done = workspace.run("bash", "-c", script, PULUMI_CONFIG_PASSPHRASE="sandbox")
    assert done.code != 0
    assert "AWS_ENDPOINT_URL" in done.text
    assert "Traceback" not in done.text


def test_a_missing_passphrase_is_said_by_the_engine(workspace):
    exports = workspace.in_sandbox("env").text
    script = f"{exports}\nunset PULUMI_CONFIG_PASSPHRASE; pulumi --non-interactive preview --stack dev"
    done = workspace.run("bash", "-c", script)
    assert done.code != 0
    assert "PULUMI_CONFIG_PASSPHRASE" in done.text


def test_a_machine_with_neither_pulumi_nor_go_is_told_how_to_install_either(tmp_path):
    done = Workspace(ROOT, tmp_path).run(
        "bash", "tools/pulumi/install.sh", str(tmp_path / "engine"), PATH="/usr/bin:/bin"
    )
    assert done.code == 1
    assert done.text.count("\n") == 1
    assert "install Pulumi 3.79.0 or newer" in done.text
    assert "or Go 1.21 or newer" in done.text
