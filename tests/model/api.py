"""The API of the world: what AWS answers to each operation of the instance controller, and the faults between."""

from datetime import timedelta

from botocore.exceptions import ClientError

from lambdas.cluster import tags
from lambdas.cluster.read_cluster import PartialAnswerError
from tests.lambdas.transport import AwsError, page
from tests.model.world import GROUP, HOOK, PREFIX


class Crash(Exception):  # noqa: N818 - no error of the program: the process is gone
    """The function dies here."""


def survived(api, fault, work):
    """Do it with a fault among its calls, which alone may end it."""
    api.fault, api.count = fault, 0
    try:
        work()
    except (Crash, ClientError, PartialAnswerError):
        assert fault is not None
    finally:
        api.fault = None


class Api:
    """Answers calls; `fault` is (number of the call, kind) with kind before, after or throttle."""

    def __init__(self, world):
        self.world, self.count = world, 0
        self.fault: tuple[int, str] | None = None
        self.calls: list[str] = []

    def __call__(self, service, operation, params):
        at, kind = self.fault or (None, None)
        hit = self.count == at
        self.count += 1
        self.calls.append(f"{service}:{operation}")
        if hit and kind == "before":
            raise Crash
        if hit and kind == "throttle":
            raise AwsError("ThrottlingException", "Rate exceeded")
        answer = getattr(self, operation)(params)
        if hit and kind == "after":
            raise Crash
        return answer or {}

    def GetParameter(self, params):
        own = self.world.parameters.get(params["Name"])
        return {"Parameter": {"Name": params["Name"], "Value": own or ("paused" if self.world.paused else "running")}}

    def PutMetricData(self, params):
        return {}

    def DescribeAutoScalingGroups(self, params):
        world = self.world
        members = [each for each in world.members.values() if each.in_group]
        return {
            "AutoScalingGroups": [
                {
                    "AutoScalingGroupName": GROUP,
                    "MinSize": 0,
                    "EnabledMetrics": [{"Metric": "GroupMinSize", "Granularity": "1Minute"}],
                    "MaxSize": world.max_size,
                    "DesiredCapacity": world.desired_capacity,
                    "DefaultCooldown": 300,
                    "AvailabilityZones": list(world.zones),
                    "HealthCheckType": "EC2",
                    "CreatedTime": world.now,
                    "LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": world.version},
                    "Tags": [
                        {"Key": tags.CLUSTER, "Value": "prod"},
                        {"Key": tags.WANTED_VERSION, "Value": world.wanted},
                    ],
                    "Instances": [
                        {
                            "InstanceId": each.instance_id,
                            "InstanceType": "m6i.large",
                            "AvailabilityZone": each.zone,
                            "LifecycleState": each.state,
                            "HealthStatus": "Healthy" if each.healthy else "Unhealthy",
                            "ProtectedFromScaleIn": False,
                            "LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": each.version},
                        }
                        for each in members
                    ],
                }
            ]
        }

    def DescribeLifecycleHooks(self, params):
        transitions = {"launch": "LAUNCHING", "terminate": "TERMINATING"}
        return {
            "LifecycleHooks": [
                {
                    "LifecycleHookName": HOOK[kind],
                    "LifecycleTransition": f"autoscaling:EC2_INSTANCE_{transitions[kind]}",
                    "HeartbeatTimeout": self.world.timeout_s[kind],
                    "DefaultResult": "CONTINUE",
                }
                for kind in HOOK
            ]
        }

    def DescribeInstanceRefreshes(self, params):
        return {"InstanceRefreshes": list(self.world.refreshes)}

    def DescribeScalingActivities(self, params):
        world = self.world
        found = [each for each in world.members.values() if each.action]
        found.sort(key=lambda each: each.action.began, reverse=True)
        return {
            "Activities": [
                {
                    "ActivityId": each.instance_id,
                    "AutoScalingGroupName": GROUP,
                    "Description": f"{world.word(each)} EC2 instance: {each.instance_id}",
                    "Cause": "test",
                    "StartTime": each.action.began,
                    "StatusCode": "MidLifecycleAction",
                }
                for each in found[:100]
            ]
        }

    def PutParameter(self, params):
        self.world.parameters[params["Name"]] = params["Value"]
        return {"Version": 1}

    def _registered(self):
        return [each for each in self.world.members.values() if each.status]

    def ListContainerInstances(self, params):
        return page([each.arn for each in self._registered()], params, "containerInstanceArns")

    def DescribeContainerInstances(self, params):
        assert len(params["containerInstances"]) <= 100
        world = self.world
        found = [each for each in map(self._by_arn, params["containerInstances"]) if each is not None]
        for each in found:
            world.look(each)
        return {
            "containerInstances": [
                {
                    "containerInstanceArn": each.arn,
                    "ec2InstanceId": each.instance_id,
                    "status": each.status,
                    "agentConnected": each.connected,
                    "runningTasksCount": world.wanted_on(each),
                    "registeredAt": each.launched,
                    "attributes": [{"name": name, "value": value} for name, value in each.attributes.items()],
                }
                for each in found
            ]
        }

    def ListTasks(self, params):
        world = self.world
        on = world.by_host.get(world.by_arn[params["containerInstance"]].instance_id, [])
        return page([each.arn for each in on if each.desired == params["desiredStatus"]], params, "taskArns")

    def DescribeTasks(self, params):
        assert len(params["tasks"]) <= 100
        return {
            "tasks": [
                {
                    "taskArn": each.arn,
                    "containerInstanceArn": self.world.members[each.instance_id].arn,
                    "group": each.group,
                    "taskDefinitionArn": f"{PREFIX}task-definition/{each.group.partition(':')[2]}:1",
                    "desiredStatus": each.desired,
                    "lastStatus": each.last,
                }
                for each in (self.world.work[arn] for arn in params["tasks"])
            ]
        }

    def ListServices(self, params):
        return {"serviceArns": ["arn:aws:ecs:eu-west-1:123456789012:service/prod/agent"]}

    def DescribeServices(self, params):
        found = [{"serviceName": name, "status": "ACTIVE", "desiredCount": 1} for name in params["services"]]
        return {"services": found}

    def DescribeTaskDefinition(self, params):
        container = {"name": "app", "image": "shop:1", "cpu": 256, "memory": 512}
        arn = params["taskDefinition"]
        return {
            "taskDefinition": {"taskDefinitionArn": arn, "networkMode": "awsvpc", "containerDefinitions": [container]}
        }

    def GetTaskProtection(self, params):
        return {"protectedTasks": [{"taskArn": arn, "protectionEnabled": True} for arn in params["tasks"]]}

    def DescribeInstances(self, params):
        wanted = set(params["Filters"][0]["Values"])
        found = [each for each in self.world.members.values() if each.instance_id in wanted]
        return {
            "Reservations": [
                {
                    "Instances": [
                        {"InstanceId": each.instance_id, "State": {"Name": each.machine}, "LaunchTime": each.launched}
                        for each in found
                    ]
                }
            ]
        }

    def CompleteLifecycleAction(self, params):
        member = self._waiting(params)
        if member.action.kind == "terminate":
            self.world.judge_release(member)
        self.world.end(member, params["LifecycleActionResult"], "controller")

    def RecordLifecycleActionHeartbeat(self, params):
        member = self._waiting(params)
        member.action.until = self.world.now + timedelta(seconds=self.world.timeout_s[member.action.kind])

    def _waiting(self, params):
        member = self.world.members[params["InstanceId"]]
        if member.action is None or HOOK[member.action.kind] != params["LifecycleHookName"]:
            raise AwsError("ValidationError", "No active Lifecycle Action found with instance ID")
        return member

    def PutAttributes(self, params):
        for each in params["attributes"]:
            member = self._by_arn(each["targetId"])
            if member is None:
                raise AwsError("TargetNotFoundException", "gone")
            member.attributes[each["name"]] = each["value"]
        return {"attributes": params["attributes"]}

    def UpdateContainerInstancesState(self, params):
        assert len(params["containerInstances"]) <= 10
        failures = []
        for arn in params["containerInstances"]:
            member = self._by_arn(arn)
            if member is None:
                failures.append({"arn": arn, "reason": "MISSING"})
            else:
                member.status = params["status"]
        return {"failures": failures}

    def StopTask(self, params):
        work = self.world.work[params["task"]]
        if work.group.startswith("service:"):
            self.world.wrong.append(f"{work.arn} of a service was stopped by hand")
        self.world.stop(work)

    def SetInstanceHealth(self, params):
        member = self.world.members[params["InstanceId"]]
        if not member.in_group:
            raise AwsError("ValidationError", "Instance Id not found - No managed instance found")
        member.healthy = False
        self.world.marked.append(member.instance_id)

    def DeregisterContainerInstance(self, params):
        member = self._by_arn(params["containerInstance"])
        if member is None:
            raise AwsError("InvalidParameterException", "Referenced container instance not found")
        if member.machine != "terminated":
            self.world.wrong.append(f"{member.instance_id} was deregistered alive")
        member.status = None

    def StartInstanceRefresh(self, params):
        world = self.world
        if any(each["Status"] == "InProgress" for each in world.refreshes):
            raise AwsError("InstanceRefreshInProgress", "An Instance Refresh is already in progress")
        world.refreshes.append(
            {
                "InstanceRefreshId": f"r-{len(world.refreshes) + 1}",
                "Status": "InProgress",
                "StartTime": world.now,
                "DesiredConfiguration": params["DesiredConfiguration"],
                "Preferences": params["Preferences"],
            }
        )
        return {"InstanceRefreshId": world.refreshes[-1]["InstanceRefreshId"]}

    def _by_arn(self, arn):
        found = self.world.by_arn.get(arn)
        return found if found is not None and found.status else None
