"""`drain`, `replace` and `retry-rollout`: what an operator does to instances."""

from __future__ import annotations

import click

from lambdas.cluster import tags
from lambdas.cluster.snapshot import RETAINED

from ..errors import Exit, OperatorError
from ..options import Session, asks, with_session
from ..reading.controllers import read_controllers, read_pause
from ..reading.one_instance import One, read_group, read_one, remembered_failure, with_refreshes
from ..shown.done import Done, watched
from ..shown.words import counted


@click.command()
@click.argument("instance")
@click.option("--undo", is_flag=True, help="Let it take tasks again (ACTIVE).")
@asks
@with_session
def drain(session: Session, instance: str, undo: bool) -> None:
    """Set INSTANCE to DRAINING: ECS moves its service tasks elsewhere, and places none there.

    The instance stays in the group; `replace` ends it as well.
    """
    connection = session.connection
    one = read_one(connection, read_controllers(connection), instance)
    registered = one.registered
    if registered is None:
        raise OperatorError(f"{instance}: ECS does not know it, so that no task runs on it", Exit.NOT_THERE)
    if undo and one.member.lifecycle_state.startswith("Terminating") and one.member.lifecycle_state != RETAINED:
        raise OperatorError(f"{instance} leaves ({one.member.lifecycle_state}): its tasks have to go", Exit.WRONG)
    wanted = "ACTIVE" if undo else "DRAINING"
    if registered.status == wanted:
        session.tell(
            Done(cluster=connection.cluster, on=instance, done=f"{instance} is {wanted} already", changed=False)
        )
        return
    means = "takes tasks again." if undo else f"is set to DRAINING: ECS moves {_tasks(one)} elsewhere; it stays."
    session.agree(f"{instance} {means}")
    answer = connection.aws.ecs.update_container_instances_state(
        cluster=connection.cluster, containerInstances=[registered.arn], status=wanted
    )
    if failed := answer.get("failures"):
        raise OperatorError(f"ECS does not set {instance} to {wanted}: {failed[0].get('reason', 'no reason is given')}")
    session.tell(
        Done(cluster=connection.cluster, on=instance, done=f"{instance} is {wanted}", follows=watched(instance))
    )


@click.command()
@click.argument("instance")
@asks
@with_session
def replace(session: Session, instance: str) -> None:
    """Terminate INSTANCE through its draining hook; the group starts another one, its size stays."""
    connection = session.connection
    controllers = read_controllers(connection)
    one = read_one(connection, controllers, instance)
    if one.member.lifecycle_state == RETAINED:
        raise OperatorError(
            f"{instance} is retained: it left the group and did not empty; look at it, then: "
            f"aws ec2 terminate-instances --instance-ids {instance}"
        )
    if one.member.lifecycle_state.startswith("Terminating"):
        said = f"{instance} leaves already ({one.member.lifecycle_state})"
        session.tell(Done(cluster=connection.cluster, on=instance, done=said, changed=False))
        return
    if read_pause(connection, controllers).paused:
        raise OperatorError(
            f"the controllers of {connection.cluster} are paused: nobody would drain {instance}, and its tasks would "
            "end with it; first: ecs-platform resume"
        )
    deadline_s = controllers.instances.drain.deadline_s
    session.agree(
        f"{instance} drains, with {_tasks(one)}, and ends within {deadline_s} s; {one.group.name} starts another one."
    )
    connection.aws.autoscaling.terminate_instance_in_auto_scaling_group(
        InstanceId=instance, ShouldDecrementDesiredCapacity=False
    )
    session.tell(Done(cluster=connection.cluster, on=instance, done=f"{instance} leaves", follows=watched(instance)))


@click.command("retry-rollout")
@asks
@with_session
def retry_rollout(session: Session) -> None:
    """Forget the failure of the wanted template version, so that the controller rolls it out once more.

    For a failure whose cause lay outside of the template and is mended. The next failure is remembered again.
    """
    connection = session.connection
    group = with_refreshes(connection, read_group(connection, read_controllers(connection)))
    failed = remembered_failure(group)
    if failed is None:
        raise OperatorError(
            f"{group.name}: no failed rollout keeps version {group.wanted_version} back", Exit.NOT_THERE
        )
    session.agree(
        f"The failure of refresh {failed} is forgotten: within a minute the instance controller rolls version "
        f"{group.wanted_version} out once more, with its alarms, its bake time and its rollback."
    )
    connection.aws.autoscaling.create_or_update_tags(
        Tags=[
            {
                "ResourceType": "auto-scaling-group",
                "ResourceId": group.name,
                "Key": tags.FORGIVEN_REFRESH,
                "Value": failed,
                "PropagateAtLaunch": False,
            }
        ]
    )
    follows = "watch the rollout: ecs-platform watch rollout"
    session.tell(Done(cluster=connection.cluster, on=group.name, done="forgotten", follows=follows))


def _tasks(one: One) -> str:
    registered = one.registered
    return counted(registered.running_tasks + registered.pending_tasks if registered else 0, "task")
