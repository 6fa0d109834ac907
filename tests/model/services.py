"""The world with what the capacity controller looks at: services that want tasks, a group that has a wanted size.

ECS places a task on the instance with the fewest tasks that has room, Auto Scaling launches into the zone with the
fewest instances, and CloudWatch keeps what was published and shows it late. None of it knows the controller's packing.
"""

from collections import Counter, defaultdict
from datetime import timedelta

from lambdas.cluster import tags
from tests.lambdas.transport import AwsError, page
from tests.model.api import Api
from tests.model.world import PREFIX, World

TYPE, CPU, MEMORY, INTERFACES = "m7g.large", 2048, 8000, 10
"""What an instance registers; its interfaces as lambdas/cluster/instance_type_table.py has them, with trunking."""
BOOT_S = 120
"""Seconds from launch to registration."""
STOP_S = 30
LATE = timedelta(seconds=90)
"""How late CloudWatch shows a measurement."""
STEP_S = 10
"""Seconds between two looks of ECS and Auto Scaling at what there is to do."""


class ServiceWorld(World):
    """A group, and services by name: what a task of each reserves (CPU units, MiB), and how many it wants."""

    zones = ("a", "b", "c")
    max_size = 200

    def __init__(self, sizes, wanted, instances=0, *, alone=True):
        super().__init__(deadline_s=600, agent_gone_s=300, drain_timeout_s=900)
        self.timeout_s["launch"] = 900  # beyond the controller's deadline, as the program sets it
        self.alone = alone
        """Whether no instance controller runs: hooks end by themselves, at once or when the tasks have left."""
        self.sizes, self.tasks_wanted, self.size = dict(sizes), dict(wanted), instances
        self.samples = defaultdict(list)
        self.closed_zones: set[str] = set()
        self.duds = 0
        """Launches from now on whose agents never connect."""
        self._dead: set[str] = set()
        self._deployed: set[str] = set()
        for _ in range(instances):
            self.register(member := self.launch(self._emptiest_zone()))
            self.end(member, "CONTINUE", "test")
        self._place()
        self.before = self.now_seen = self._picture()

    @property
    def desired_capacity(self):
        return self.size

    def advance(self, seconds):
        """What ECS and Auto Scaling do meanwhile, step by step."""
        for _ in range(int(seconds / STEP_S)):
            self.before = self.now_seen
            super().advance(STEP_S)
            self._boot()
            self._empty()
            self._refill()
            self._place()
            self.now_seen = self._picture()

    def serving_members(self):
        return [each for each in self.members.values() if each.in_group and each.state in ("InService", "Pending:Wait")]

    def waiting(self):
        """Tasks that are wanted and have no place, by service."""
        there = self._running()
        return Counter({name: max(0, count - there[name]) for name, count in self.tasks_wanted.items()})

    def lose(self, member):
        """The machine dies; Auto Scaling notices, no hook is asked, and tells ECS nothing."""
        self.kill(member)
        member.in_group, member.state, member.action = False, "Terminated", None
        self._gone(member)

    def _gone(self, member):
        member.status = None
        for each in self.by_host.get(member.instance_id, ()):
            each.desired = each.last = "STOPPED"

    def free(self, member):
        """CPU units, MiB and interfaces that no task has."""
        here = [each for each in self.by_host.get(member.instance_id, ()) if each.last != "STOPPED"]
        sizes = [self.sizes[each.group.partition(":")[2]] for each in here]
        return CPU - sum(s[0] for s in sizes), MEMORY - sum(s[1] for s in sizes), INTERFACES - len(here)

    def _running(self):
        works = (each for each in self.work.values() if each.desired == "RUNNING")
        return Counter(each.group.partition(":")[2] for each in works)

    def _emptiest_zone(self):
        counts = Counter(each.zone for each in self.serving_members())
        return min(
            (each for each in self.zones if each not in self.closed_zones), key=lambda each: (counts[each], each)
        )

    def _boot(self):
        for each in self.serving_members():
            if each.instance_id in self._dead:
                continue
            if each.state == "Pending:Wait" and (self.now - each.launched).total_seconds() >= BOOT_S:
                if not each.status:
                    self.register(each)
                if self.alone:
                    self.end(each, "CONTINUE", "test")

    def _empty(self):
        for each in list(self.members.values()) if self.alone else ():
            if each.state == "Terminating:Wait":
                each.status = "DRAINING"
                if not self.live(each):
                    self.end(each, "CONTINUE", "test")

    def end(self, member, result, by):
        """Once it has terminated, ECS lets its registration go by itself."""
        super().end(member, result, by)
        if member.state == "Terminated":
            self._gone(member)

    def _refill(self):
        for _ in range(self.size - len(self.serving_members())):
            member = self.launch(self._emptiest_zone())
            if self.duds:
                self._dead.add(member.instance_id)
                self.duds -= 1

    def _place(self):
        for name, count in self.waiting().items():
            for _ in range(count):
                hosts = [each for each in self.members.values() if self._takes(each, self.sizes[name])]
                if not hosts:
                    break
                self.place(min(hosts, key=self.wanted_on), f"service:{name}", STOP_S)

    def _takes(self, member, size):
        if member.status != "ACTIVE" or not member.connected or member.state != "InService":
            return False
        cpu, memory, interfaces = self.free(member)
        return cpu >= size[0] and memory >= size[1] and interfaces > 0

    def _picture(self):
        """What ECS would answer at this moment: container instances by ARN, and services by name."""
        hosts = {each.arn: _container_instance(self, each) for each in self.members.values() if each.status}
        there = self._running()
        self._deployed |= {name for name, count in self.tasks_wanted.items() if there[name] >= count}
        services = {
            name: _service(name, count, there[name], "COMPLETED" if name in self._deployed else "IN_PROGRESS")
            for name, count in self.tasks_wanted.items()
        }
        return hosts, services


STATISTICS = {"Sum": sum, "Minimum": min, "Maximum": max}


class ServiceApi(Api):
    """Answers both controllers. `stale`: ECS shows what was before; `partial`: it describes one less than asked for."""

    def __init__(self, world):
        super().__init__(world)
        self.stale = self.partial = False
        self.published: dict[str, float] = {}

    def _seen(self):
        return self.world.before if self.stale else self.world.now_seen

    def ListContainerInstances(self, params):
        return page(list(self._seen()[0]), params, "containerInstanceArns")

    def DescribeContainerInstances(self, params):
        hosts = self._seen()[0]
        found = [hosts[arn] for arn in params["containerInstances"] if arn in hosts]
        return self._cut("containerInstances", "containerInstanceArn", found)

    def ListServices(self, params):
        if params.get("schedulingStrategy") == "DAEMON":
            return {"serviceArns": []}
        return page([f"{PREFIX}service/prod/{each}" for each in self._seen()[1]], params, "serviceArns")

    def DescribeServices(self, params):
        found = [self._seen()[1][each.rpartition("/")[2]] for each in params["services"]]
        return self._cut("services", "serviceArn", found)

    def DescribeTaskDefinition(self, params):
        name = params["taskDefinition"].rpartition("/")[2].partition(":")[0]
        cpu, memory = self.world.sizes[name]
        container = {"name": "app", "image": "shop:1", "cpu": cpu, "memory": memory}
        arn = params["taskDefinition"]
        return {
            "taskDefinition": {"taskDefinitionArn": arn, "networkMode": "awsvpc", "containerDefinitions": [container]}
        }

    def DescribeTasks(self, params):
        found = [each | {"startedBy": "ecs-svc/1"} for each in super().DescribeTasks(params)["tasks"]]
        return self._cut("tasks", "taskArn", found)

    def GetTaskProtection(self, params):
        found = [{"taskArn": arn, "protectionEnabled": False} for arn in params["tasks"]]
        return self._cut("protectedTasks", "taskArn", found)

    def DescribeNetworkInterfaces(self, params):
        return {"NetworkInterfaces": []}

    def GetServiceQuota(self, params):
        return {"Quota": {"Value": 5000.0}}

    def SetDesiredCapacity(self, params):
        if params["DesiredCapacity"] > self.world.max_size:
            raise AwsError("ValidationError", "New SetDesiredCapacity value is above max value for the group")
        self.world.size = params["DesiredCapacity"]

    def TerminateInstanceInAutoScalingGroup(self, params):
        member = self.world.members[params["InstanceId"]]
        if not member.in_group:
            raise AwsError("ValidationError", "Instance Id not found - No managed instance found")
        self.world.size -= params["ShouldDecrementDesiredCapacity"]
        self.world.terminate(member)
        return {}

    def PutMetricData(self, params):
        own = "Controller"
        for each in params["MetricData"]:
            names = {one["Name"]: one["Value"] for one in each["Dimensions"]}
            key = (each["MetricName"], names.get("Service", names.get(own)))
            self.world.samples[key].append((self.world.now, each["Value"]))
        if any(one == {"Name": own, "Value": "capacity"} for one in params["MetricData"][0]["Dimensions"]):
            self.published = {each["MetricName"]: each["Value"] for each in params["MetricData"]}
        return {}

    def GetMetricStatistics(self, params):
        found = self._minutes((params["MetricName"], "capacity"), params["StartTime"], min)
        return {"Datapoints": [{"Timestamp": at, "Minimum": value} for at, value in found]}

    def GetMetricData(self, params):
        results = []
        for each in params["MetricDataQueries"]:
            metric, statistic = each["MetricStat"]["Metric"], each["MetricStat"]["Stat"]
            names = {one["Name"]: one["Value"] for one in metric["Dimensions"]}
            key = (metric["MetricName"], names.get("Service", names.get("Controller")))
            found = self._minutes(key, params["StartTime"], STATISTICS[statistic])
            results.append(
                {"Id": each["Id"], "Timestamps": [at for at, _ in found], "Values": [float(v) for _, v in found]}
            )
        return {"MetricDataResults": results}

    def _minutes(self, key, start, statistic):
        visible = [(at, v) for at, v in self.world.samples[key] if start <= at <= self.world.now - LATE]
        minutes = defaultdict(list)
        for at, value in visible:
            minutes[at.replace(second=0, microsecond=0)].append(value)
        return [(at, statistic(values)) for at, values in sorted(minutes.items())]

    def _cut(self, key, name, found):
        if not self.partial or not found:
            return {key: found}
        return {key: found[1:], "failures": [{"arn": found[0][name], "reason": "SERVER_ERROR"}]}


def _container_instance(world, member):
    cpu, memory, _ = world.free(member)
    named = {"ecs.instance-type": TYPE, "ecs.availability-zone": member.zone, tags.TRUNK_ATTRIBUTE: "trunk"}
    return {
        "containerInstanceArn": member.arn,
        "ec2InstanceId": member.instance_id,
        "status": member.status,
        "agentConnected": member.connected,
        "runningTasksCount": world.wanted_on(member),
        "registeredAt": member.launched,
        "registeredResources": _resources(CPU, MEMORY),
        "remainingResources": _resources(cpu, memory),
        "attributes": [{"name": name, "value": value} for name, value in {**named, **member.attributes}.items()],
    }


def _resources(cpu, memory):
    pairs = (("CPU", cpu), ("MEMORY", memory))
    return [{"name": name, "type": "INTEGER", "integerValue": value} for name, value in pairs]


def _service(name, wanted, running, rollout):
    deployment = {
        "id": "ecs-svc/1",
        "status": "PRIMARY",
        "taskDefinition": f"{PREFIX}task-definition/{name}:1",
        "desiredCount": wanted,
        "runningCount": running,
        "rolloutState": rollout,
    }
    return {
        "serviceArn": f"{PREFIX}service/prod/{name}",
        "serviceName": name,
        "status": "ACTIVE",
        "desiredCount": wanted,
        "launchType": "EC2",
        "deployments": [deployment],
    }
