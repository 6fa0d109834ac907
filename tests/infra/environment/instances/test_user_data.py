import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.environment.instances import role as instance_role
from infra.environment.instances.user_data import UserData
from tests.support.builders import LOCATION
from tests.support.started_instance import StartedInstance

START_MONITORING = "/usr/local/sbin/start-monitoring"
CONTROL = "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"


def a_user_data(**changes) -> UserData:
    inputs: dict[str, Any] = {"cluster_name": "ecs-test", "log_group_name": "/ecs-platform/test/instances"}
    return UserData(**(inputs | changes))


def started(**changes) -> StartedInstance:
    return StartedInstance(a_user_data(**changes).script())


class Machine:
    """A machine below a folder: its root for the script's paths, and commands that note how they were called."""

    def __init__(self, root: Path) -> None:
        self.root, self.commands, self.log = root, root / "commands", root / "log"
        self.commands.mkdir()
        self.log.touch()
        for folder in ("etc/ecs", "usr/local/sbin"):  # there on the AMI
            (root / folder).mkdir(parents=True)

    def command(self, path: Path, then: str = "true") -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/bash\necho "{path.name} $*" >> {self.log}\n{then}\n')
        path.chmod(0o755)

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        for folder in ("/etc/ecs", "/opt/aws", "/usr/local"):
            script = script.replace(folder, f"{self.root}{folder}")
        path = f"{self.commands}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-c", script], env={"PATH": path}, capture_output=True, text=True, check=False, timeout=60
        )

    def called(self) -> list[str]:
        return self.log.read_text().splitlines()


@pytest.fixture
def machine(tmp_path) -> Machine:
    made = Machine(tmp_path)
    for name in ("systemd-run", "sleep"):
        made.command(made.commands / name)
    made.command(made.root / CONTROL.lstrip("/"))
    return made


@pytest.mark.parametrize("spot", [True, False])
def test_the_script_and_the_script_that_it_writes_are_valid_bash(spot):
    instance = started(spot_draining=spot)
    for text in (instance.script, instance.files[START_MONITORING]):
        checked = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")


def test_the_script_fits_into_user_data():
    assert len(started(spot_draining=True).script.encode()) <= 16384  # EC2 user guide: 16 KB before encoding


def test_the_script_leaves_the_files_that_the_agents_read(machine):
    instance = started()
    done = machine.run(instance.script)
    assert (done.returncode, done.stderr) == (0, "")
    for path, text in instance.files.items():
        written = (machine.root / path.lstrip("/")).read_text()
        assert written.replace(str(machine.root), "") == text
    assert os.access(machine.root / START_MONITORING.lstrip("/"), os.X_OK)


def test_monitoring_starts_in_the_background_after_everything_is_written(machine):
    machine.run(started().script)
    called = [line.replace(str(machine.root), "") for line in machine.called()]
    assert called == [f"systemd-run --unit=start-monitoring --no-block {START_MONITORING}"]
    assert started().script.rstrip().splitlines()[-1].startswith("systemd-run")


def test_a_repository_that_fails_is_asked_again_a_few_times(machine):
    failures = machine.root / "failures"
    machine.command(machine.commands / "dnf", f'echo x >> {failures}; [ "$(wc -l < {failures})" -ge 3 ]')
    machine.run(started().files[START_MONITORING])
    called = machine.called()
    assert [line for line in called if line.startswith("dnf")] == ["dnf install -y -q amazon-cloudwatch-agent"] * 3
    assert [line for line in called if line.startswith("sleep")] == ["sleep 10", "sleep 20"]
    assert called[-1].replace(str(machine.root), "") == (
        "amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s "
        "-c file:/opt/aws/amazon-cloudwatch-agent/etc/platform.json"
    )


def test_a_repository_that_never_answers_is_given_up(machine):
    machine.command(machine.commands / "dnf", "false")
    machine.run(started().files[START_MONITORING])
    assert len([line for line in machine.called() if line.startswith("dnf")]) == 5


def test_the_agent_joins_the_cluster_and_keeps_tasks_from_the_metadata_service():
    assert started().agent == {
        "ECS_CLUSTER": "ecs-test",
        "ECS_AWSVPC_BLOCK_IMDS": "true",
        "ECS_DISABLE_PRIVILEGED": "true",
        "ECS_SELINUX_CAPABLE": "true",
        "ECS_RESERVED_MEMORY": "256",
        "ECS_CONTAINER_INSTANCE_PROPAGATE_TAGS_FROM": "ec2_instance",
        "ECS_ENABLE_CONTAINER_METADATA": "true",
        "ECS_IMAGE_CLEANUP_INTERVAL": "30m",
        "ECS_IMAGE_MINIMUM_CLEANUP_AGE": "1h",
        "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION": "1h",
    }


def test_only_instances_that_may_be_spot_drain_themselves():
    assert started(spot_draining=True).agent["ECS_ENABLE_SPOT_INSTANCE_DRAINING"] == "true"
    assert "ECS_ENABLE_SPOT_INSTANCE_DRAINING" not in started(spot_draining=False).agent


def test_memory_and_disk_are_measured_per_group():
    metrics = started().monitoring["metrics"]
    assert metrics["aggregation_dimensions"] == [["AutoScalingGroupName"]]
    assert metrics["append_dimensions"]["AutoScalingGroupName"] == "${aws:AutoScalingGroupName}"
    assert metrics["metrics_collected"]["mem"]["measurement"] == ["mem_used_percent"]
    disk = metrics["metrics_collected"]["disk"]
    assert (disk["measurement"], disk["resources"]) == (["used_percent"], ["/"])


def test_metrics_go_to_the_one_namespace_that_the_role_allows():
    statements = instance_role.statements(LOCATION, "ecs-test", "/ecs-platform/test/instances", spot=False)
    (publish,) = [one for one in statements if "cloudwatch:PutMetricData" in one["Action"]]
    namespace = started().monitoring["metrics"]["namespace"]
    assert publish["Condition"] == {"StringEquals": {"cloudwatch:namespace": namespace}}


def test_logs_of_the_host_go_to_the_group_that_is_given_one_stream_a_file_and_instance():
    files = started().log_files
    assert {file["log_group_name"] for file in files} == {"/ecs-platform/test/instances"}
    streams = [file["log_stream_name"] for file in files]
    assert len(set(streams)) == len(files)
    assert all(stream.startswith("{instance_id}/") for stream in streams)
    assert {"/var/log/ecs/ecs-agent.log", "/var/log/cloud-init-output.log"} <= {file["file_path"] for file in files}


def test_names_with_unusual_characters_survive():
    instance = started(log_group_name='/a "quoted" $group')
    assert json.dumps('/a "quoted" $group') in instance.script
    assert {file["log_group_name"] for file in instance.log_files} == {'/a "quoted" $group'}
