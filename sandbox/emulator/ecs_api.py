"""The ECS API for tasks and container instances over `tasks`, `agents` and `placement`.

Traps of moto: ListTasks shows stopped tasks by default and ignores serviceName; RunTask fails without a container
instance; the `filter` of ListContainerInstances is ignored; nothing paginates; a cluster in use can be deleted.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.exceptions import EcsClientException, ECSException, InvalidParameterException
from moto.ecs.models import EC2ContainerServiceBackend, Task, TaskDefinition
from moto.ecs.responses import EC2ContainerServiceResponse

from . import agents, capabilities, services, tasks
from .patches import Replacement
from .query import matches

_PAGE = 100
_DESCRIBED = 100
_STATES = 10
_INSTANCE_TAGS = "DescribeContainerInstancesResponse.containerInstances.ContainerInstance.tags"

_moto_resource = vars(EC2ContainerServiceBackend)["_get_resource"]
_moto_delete_cluster = EC2ContainerServiceBackend.delete_cluster
_moto_put_attribute = vars(EC2ContainerServiceBackend)["_put_attribute"]


def page(self: Any, key: str, everything: list[Any], size: int = _PAGE) -> ActionResult:
    """Answer one page of a list: `maxResults`, at most `size`, from `nextToken`."""
    start = int(self._get_param("nextToken") or 0)
    end = start + min(size, self._get_int_param("maxResults") or size)
    following = str(end) if end < len(everything) else None
    return ActionResult({key: everything[start:end], "nextToken": following})


def _cluster(self: Any) -> tuple[Any, Any]:
    backend = self.ecs_backend
    return backend, backend._get_cluster(self._get_param("cluster", "default"))  # noqa: SLF001 - raises AWS's own error


def list_tasks(self: Any) -> ActionResult:
    """ListTasks: those that are meant to run, unless desiredStatus says otherwise."""
    backend, cluster = _cluster(self)
    wanted = self._get_param("desiredStatus", "RUNNING")
    found = [task for task in tasks.tasks_of(backend, cluster.name) if task.desired_status == wanted]
    if instance := self._get_param("containerInstance"):
        found = [t for t in found if (t.container_instance_arn or "").split("/")[-1] == instance.split("/")[-1]]
    if service := self._get_param("serviceName"):
        found = [t for t in found if t.group == f"service:{service.split('/')[-1]}"]
    if family := self._get_param("family"):
        found = [t for t in found if t.task_definition_arn.split("/")[-1].split(":")[0] == family]
    if started_by := self._get_param("startedBy"):
        found = [t for t in found if t.started_by == started_by]
    return page(self, "taskArns", [task.task_arn for task in found])


def describe_tasks(self: Any) -> ActionResult:
    """DescribeTasks; looking does not move them."""
    backend, cluster = _cluster(self)
    wanted: list[str] = self._get_param("tasks", [])
    if not wanted or len(wanted) > _DESCRIBED:
        raise InvalidParameterException("Tasks cannot be empty." if not wanted else "Tasks cannot be more than 100.")
    known = {task.id: task for task in tasks.tasks_of(backend, cluster.name)}
    shown = [known[name.split("/")[-1]] for name in wanted if name.split("/")[-1] in known]
    missing = [{"arn": name, "reason": "MISSING"} for name in wanted if name.split("/")[-1] not in known]
    tags = "DescribeTasksResponse.tasks.Task.tags"
    (self._include_in_response if "TAGS" in self._get_param("include", []) else self._exclude_from_response)(tags)
    return ActionResult({"tasks": shown, "failures": missing})


def stop_task(self: Any) -> ActionResult:
    """StopTask: the task begins to stop."""
    backend, cluster = _cluster(self)
    name = self._get_param("task").split("/")[-1]
    for task in tasks.tasks_of(backend, cluster.name):
        if task.id == name:
            tasks.stop(task, self._get_param("reason") or "Task stopped by user")
            agents.recount(backend, cluster)
            return ActionResult({"task": task})
    raise InvalidParameterException("The referenced task was not found.")


def list_container_instances(self: Any) -> ActionResult:
    """ListContainerInstances, with `status` and the common part of `filter`."""
    backend, cluster = _cluster(self)
    status, expression = self._get_param("status"), self._get_param("filter")
    found: list[str] = []
    for mine in backend.container_instances.get(cluster.name, {}).values():
        try:
            chosen = not expression or matches(expression, services.facts_of(mine))
        except ValueError as error:
            raise InvalidParameterException(f"Invalid filter: {error}") from error
        if chosen and status in {None, mine.status}:
            found.append(mine.container_instance_arn)
    return page(self, "containerInstanceArns", sorted(found))


def describe_container_instances(self: Any) -> ActionResult:
    """DescribeContainerInstances, with tags where they are asked for."""
    backend, cluster = _cluster(self)
    names: list[str] = self._get_param("containerInstances") or []
    if len(names) > _DESCRIBED:
        raise InvalidParameterException("Container instances cannot be more than 100.")
    backend.container_instances.setdefault(cluster.name, {})
    agents.recount(backend, cluster)
    shown, failures = backend.describe_container_instances(cluster.name, names)
    include = "TAGS" in self._get_param("include", [])
    (self._include_in_response if include else self._exclude_from_response)(_INSTANCE_TAGS)
    return ActionResult({"containerInstances": shown, "failures": failures})


def update_container_instances_state(self: Any) -> ActionResult:
    """UpdateContainerInstancesState: at most 10 at a time; an instance without its agent cannot be changed."""
    backend, cluster = _cluster(self)
    names: list[str] = self._get_param("containerInstances") or []
    if len(names) > _STATES:
        raise InvalidParameterException("Container instances cannot be more than 10.")
    backend.container_instances.setdefault(cluster.name, {})
    shown, failures = backend.update_container_instances_state(cluster.name, names, self._get_param("status"))
    for mine in shown:
        agents.tell(backend, mine)
    return ActionResult({"containerInstances": shown, "failures": failures})


def deregister_container_instance(self: Any) -> ActionResult:
    """DeregisterContainerInstance: refused while tasks run on it, unless forced."""
    backend, cluster = _cluster(self)
    name = self._get_param("containerInstance").split("/")[-1]
    mine = backend.container_instances.get(cluster.name, {}).get(name)
    if mine is None:
        raise InvalidParameterException("The referenced container instance was not found.")
    agents.recount(backend, cluster)
    if not self._get_param("force") and mine.running_tasks_count:
        raise InvalidParameterException("Found running tasks on the instance.")
    agents.remove(backend, mine)
    agents.recount(backend, cluster)
    return ActionResult({"containerInstance": mine})


def delete_cluster(backend: Any, cluster_str: str) -> Any:
    """DeleteCluster: refused while instances, services or tasks are there."""
    cluster = backend._get_cluster(cluster_str)  # noqa: SLF001 - raises AWS's own error
    if backend.container_instances.get(cluster.name):
        text = "The Cluster cannot be deleted while Container Instances are active or draining."
        raise ECSException("ClusterContainsContainerInstancesException", text)
    living = [s for s in backend.services.values() if s.cluster_name == cluster.name and s.status != "INACTIVE"]
    if living:
        text = "The Cluster cannot be deleted while Services are active."
        raise ECSException("ClusterContainsServicesException", text)
    if any(tasks.lives(task) for task in tasks.tasks_of(backend, cluster.name)):
        raise ECSException("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
    return _moto_delete_cluster(backend, cluster_str)


def put_account_setting_default(self: Any) -> ActionResult:
    """PutAccountSettingDefault: the account's own setting; there is one principal."""
    setting = self.ecs_backend.put_account_setting(self._get_param("name"), self._get_param("value"))
    return ActionResult({"setting": setting})


def get_resource(backend: Any, resource_arn: str, parsed_arn: dict[str, str]) -> Any:
    """Resolve the ARN of a tag call; moto knows no container instances."""
    if parsed_arn["service"] != "container-instance":
        return _moto_resource(backend, resource_arn, parsed_arn)
    for shelf in backend.container_instances.values():
        if mine := shelf.get(resource_arn.rsplit("/", maxsplit=1)[-1]):
            return mine
    raise EcsClientException("The specified container instance was not found.")


def _status_of(task: Any) -> str:
    return task.__dict__.get("status_now", "PROVISIONING")


def _set_status(task: Any, value: str) -> None:
    task.__dict__["status_now"] = value


def put_attribute(
    backend: Any, cluster: str, name: str, value: Any = None, target: Any = None, kind: Any = None
) -> None:
    """Put an attribute on a container instance, by its id or its ARN; moto knows no ARN where a type is given."""
    short = target.rpartition("/")[2] if target and kind else target
    _moto_put_attribute(backend, cluster, name, value, short, kind)


REPLACEMENTS: tuple[Replacement, ...] = (
    *(
        (EC2ContainerServiceResponse, function.__name__, function)
        for function in (
            list_tasks,
            describe_tasks,
            stop_task,
            list_container_instances,
            describe_container_instances,
            update_container_instances_state,
            deregister_container_instance,
            put_account_setting_default,
        )
    ),
    (EC2ContainerServiceBackend, "delete_cluster", delete_cluster),
    (EC2ContainerServiceBackend, "_put_attribute", put_attribute),
    (EC2ContainerServiceBackend, "_get_resource", get_resource),
    (Task, "last_status", property(_status_of, _set_status)),
    (TaskDefinition, "requires_attributes", property(capabilities.shown)),
)
