"""What became of a deployment that the provider did not follow.

The provider follows the deployment that it starts and fails with ECS's reason. It says nothing where it starts none: in
the `up` after one that failed, whose state holds the task definition that was rolled back; and where its clock is ahead
of AWS's, so that it takes the deployment for an older one and waits for the number of tasks alone.
"""

from __future__ import annotations

import pulumi
import pulumi_aws as aws


def confirmed(
    service: aws.ecs.Service, *, name: str, cluster_arn: pulumi.Input[str], task_definition: pulumi.Output[str]
) -> pulumi.Output[str]:
    """The service's physical name, once ECS says that it runs the task definition that the state holds.

    Raises pulumi.RunError, in `up`, when it runs another one. A preview asks nothing: what runs is not its business.
    """
    if pulumi.runtime.is_dry_run():
        return service.name
    found = aws.ecs.get_service_output(
        cluster_arn=cluster_arn,
        service_name=service.name,
        opts=pulumi.InvokeOutputOptions(parent=service, depends_on=[service]),
    )

    def judged(known: dict[str, str]) -> str:
        if problem := outcome_problem(service=name, deployed=known["deployed"], running=known["running"]):
            raise pulumi.RunError(problem)
        return known["name"]

    return pulumi.Output.all(name=service.name, deployed=task_definition, running=found.task_definition).apply(judged)


def outcome_problem(*, service: str, deployed: str, running: str) -> str | None:
    """Whether ECS runs another task definition than the one deployed: it rolled back.

    Both are ARNs or `family:revision`.
    """
    wanted, found = (name.rpartition("/")[2] for name in (deployed, running))
    if wanted == found:
        return None
    return (
        f"{service}: the deployment of {wanted} failed, and ECS rolled back to {found}. Why: aws ecs "
        "describe-services, events of the service, and the log group of its tasks. Then deploy a fixed image; to try "
        "the same one again: pulumi up --refresh"
    )
