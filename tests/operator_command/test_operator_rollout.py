"""`retry-rollout` on the emulator, as the instance controller sees it."""

from datetime import UTC, datetime

from lambdas.cluster import tags
from lambdas.cluster.clients import create
from lambdas.instances.observe import observe
from lambdas.instances.rollout import plan_rollout
from sandbox.tests.emulator.emulated_cluster import GROUP
from tests.lambdas.transport import a_session
from tests.operator_command.stage import INSTANCES, run, staged


def test_retry_rollout_lets_the_controller_try_the_failed_version_again():
    with staged() as stage:
        stage.grow(2)
        nothing = run("retry-rollout", "--yes")
        assert (nothing.code, "no failed rollout keeps version 1 back" in nothing.err) == (5, True)
        wanted = {
            "Key": tags.WANTED_VERSION, "Value": "2", "ResourceId": GROUP, "ResourceType": "auto-scaling-group",
            "PropagateAtLaunch": False,
        }  # fmt: skip
        stage.land.auto_scaling.create_or_update_tags(Tags=[wanted])
        template = {"LaunchTemplate": {"LaunchTemplateId": stage.land.template, "Version": "2"}}
        stage.land.auto_scaling.start_instance_refresh(AutoScalingGroupName=GROUP, DesiredConfiguration=template)
        stage.land.emulator.advance(1)
        stage.land.auto_scaling.cancel_instance_refresh(AutoScalingGroupName=GROUP)
        stage.until(lambda: refreshes(stage)[0]["Status"] == "Cancelled")
        assert planned() == []
        assert "failed and is not tried again" in run("status").out
        said = run("retry-rollout", answer="y\n")
        assert (said.code, f"refresh {refreshes(stage)[0]['InstanceRefreshId']} is forgotten" in said.err) == (0, True)
        assert [each.template.version for each in planned()] == ["2"]


def refreshes(stage):
    return stage.land.auto_scaling.describe_instance_refreshes(AutoScalingGroupName=GROUP)["InstanceRefreshes"]


def planned():
    """What the instance controller would start now."""
    now = datetime.now(UTC)
    return list(plan_rollout(observe(create(a_session()), INSTANCES, now), INSTANCES, now))
