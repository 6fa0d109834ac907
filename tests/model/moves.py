"""The world with what the rebalancing controller looks at and does: counts that rise and fall, tags, and protection.

A task takes a while to start. When a count falls, ECS stops tasks in the zone that has most of them, and within it
any that nobody protects: its documents say "at random", and so the controller must not rest on more.
"""

import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta

from lambdas.cluster.tags import MOVE
from tests.lambdas.transport import AwsError, page
from tests.model.services import ServiceApi, ServiceWorld
from tests.model.world import PREFIX

START_S = 20
"""Seconds from the placement of a task until it runs."""


class MovesWorld(ServiceWorld):
    """Services that are spread over zones and instances."""

    def __init__(self, sizes, wanted, instances=0, *, seed=0, alone=True):
        self.random = random.Random(seed)
        self.born = {}
        self.tags = defaultdict(dict, {name: {} for name in wanted})
        self.protected_until = {}
        self.bounds = {}
        self.slow = set()
        """Services whose further tasks never run."""
        self.deploying = set()
        self.failed = set()
        self.second_deployment = set()
        """Services with a second deployment."""
        self.deployed = {}
        """When a service was deployed last, where that matters."""
        self.dry_days = "0"
        self.dry_since: datetime | None = None
        self.unhealthy = set()
        """Services with a task whose health check fails."""
        super().__init__(sizes, wanted, instances, alone=alone)
        self.born = dict.fromkeys(self.work, self.now - timedelta(hours=1))
        self.before = self.now_seen = self._picture()

    def advance(self, seconds):
        super().advance(seconds)
        self._shrink()
        self.now_seen = self._picture()

    def place(self, member, group, stop_s=30, *, protected=False):
        placed = super().place(member, group, stop_s, protected=protected)
        self.born[placed.arn] = self.now
        return placed

    def put(self, name, member):
        """A task that has run for long, of a service that wants one more for it."""
        self.tasks_wanted[name] += 1
        self.born[self.place(member, f"service:{name}").arn] = self.now - timedelta(hours=1)

    def of(self, name):
        """The tasks of a service that nobody told to stop."""
        return [each for each in self.work.values() if each.group == f"service:{name}" and each.desired == "RUNNING"]

    def runs(self, work):
        name = work.group.partition(":")[2]
        began = self.born[work.arn] + timedelta(seconds=START_S)
        return began <= self.now and not (name in self.slow and began > self.now - timedelta(minutes=30))

    def serving(self, name):
        """How many tasks of a service run."""
        return sum(self.runs(each) for each in self.of(name))

    def counts(self, name):
        """Tasks of a service by instance, those without any included."""
        there = Counter(each.instance_id for each in self.of(name))
        return {each.instance_id: there[each.instance_id] for each in self.serving_members()}

    def skew(self, name):
        """The most tasks on an instance less the fewest."""
        counts = self.counts(name).values()
        return max(counts) - min(counts)

    def going_on(self):
        """The services whose tag tells of a move that goes on."""
        return {name for name, found in self.tags.items() if found.get(MOVE, "ended").split(" ")[0] != "ended"}

    def _place(self):
        for name, count in self.waiting().items():
            for _ in range(count):
                hosts = [each for each in self.members.values() if self._takes(each, self.sizes[name])]
                if not hosts:
                    break
                self.place(min(hosts, key=self._rank(name)), f"service:{name}")

    def _rank(self, name):
        there = Counter(each.instance_id for each in self.of(name))
        zones = Counter()
        for instance_id, count in there.items():
            zones[self.members[instance_id].zone] += count
        return lambda each: (zones[each.zone], there[each.instance_id], self.random.random())

    def _shrink(self):
        for name, wanted in self.tasks_wanted.items():
            for _ in range(len(self.of(name)) - wanted):
                free = [each for each in self.of(name) if not self._is_protected(each)]
                if not free:
                    break
                self.stop(self._victim(free))

    def _victim(self, free):
        waiting = [each for each in free if not self.runs(each)]
        if waiting:
            return waiting[0]
        zones = Counter(self.members[each.instance_id].zone for each in free)
        most = max(sorted(zones), key=zones.__getitem__)
        return self.random.choice([each for each in free if self.members[each.instance_id].zone == most])

    def _is_protected(self, work):
        return work.protected or self.protected_until.get(work.arn, self.now) > self.now

    def _picture(self):
        hosts, services = super()._picture()
        return hosts, {name: self._described(name, each) for name, each in services.items()}

    def _described(self, name, described):
        tasks = self.of(name)
        running = sum(map(self.runs, tasks))
        (deployment,) = described["deployments"]
        state = "IN_PROGRESS" if name in self.deploying else deployment["rolloutState"]
        changed = {
            "failedTasks": int(name in self.failed),
            "runningCount": running,
            "pendingCount": len(tasks) - running,
            "rolloutState": state,
        }
        if name in self.deployed:
            changed["createdAt"] = self.deployed[name]
        return described | {
            "deployments": [deployment | changed] * (1 + (name in self.second_deployment)),
            "deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 200},
            "placementStrategy": [
                {"type": "spread", "field": "attribute:ecs.availability-zone"},
                {"type": "spread", "field": "instanceId"},
            ],
            "tags": [{"key": key, "value": value} for key, value in self.tags[name].items()],
        }


class MovesApi(ServiceApi):
    """Answers all three controllers. `meanwhile`: what somebody does just before the next call of an operation."""

    def __init__(self, world):
        super().__init__(world)
        self.meanwhile = {}

    def __call__(self, service, operation, params):
        self.meanwhile.pop(operation, lambda: None)()
        return super().__call__(service, operation, params)

    def GetParameter(self, params):
        if params["Name"].endswith("dry-run"):
            world = self.world
            return {"Parameter": {"Value": world.dry_days, "LastModifiedDate": world.dry_since or world.now}}
        return super().GetParameter(params)

    def published_of(self, controller):
        """The latest measurements of a controller, by metric name."""
        return {metric: values[-1][1] for (metric, by), values in self.world.samples.items() if by == controller}

    def _seen(self):
        if self.stale:
            return self.world.before
        return self.world._picture()

    def ListTasks(self, params):
        if "serviceName" not in params:
            return super().ListTasks(params)
        return page([each.arn for each in self.world.of(params["serviceName"])], params, "taskArns")

    def DescribeTasks(self, params):
        answer = super().DescribeTasks(params)
        for each in answer["tasks"]:
            work = self.world.work[each["taskArn"]]
            each["createdAt"] = self.world.born[work.arn]
            if self.world.runs(work):
                each["startedAt"] = self.world.born[work.arn] + timedelta(seconds=START_S)
            elif work.last == "RUNNING":
                each["lastStatus"] = "PENDING"
            if each["group"].partition(":")[2] in self.world.unhealthy:
                each["healthStatus"] = "UNHEALTHY"
        return answer

    def GetTaskProtection(self, params):
        world = self.world
        found = [{"taskArn": arn, "protectionEnabled": world._is_protected(world.work[arn])} for arn in params["tasks"]]
        return {"protectedTasks": found}

    def UpdateTaskProtection(self, params):
        assert len(params["tasks"]) <= 10
        until = self.world.now + timedelta(minutes=params["expiresInMinutes"])
        self.world.protected_until |= dict.fromkeys(params["tasks"], until)
        return {"protectedTasks": [{"taskArn": arn, "protectionEnabled": True} for arn in params["tasks"]]}

    def UpdateService(self, params):
        assert params.keys() == {"cluster", "service", "desiredCount"}
        self.world.tasks_wanted[params["service"]] = params["desiredCount"]
        return {}

    def TagResource(self, params):
        tags = {each["key"]: each["value"] for each in params["tags"]}
        self._tags(params["resourceArn"]).update(tags)
        return {}

    def UntagResource(self, params):
        for key in params["tagKeys"]:
            self._tags(params["resourceArn"]).pop(key, None)
        return {}

    def DescribeScalableTargets(self, params):
        names = {each.rpartition("/")[2]: each for each in params["ResourceIds"]}
        return {
            "ScalableTargets": [
                {
                    "ServiceNamespace": "ecs",
                    "ResourceId": names[name],
                    "ScalableDimension": "ecs:service:DesiredCount",
                    "MinCapacity": low,
                    "MaxCapacity": high,
                    "RoleARN": "arn:aws:iam::123456789012:role/scaling",
                    "CreationTime": self.world.now,
                }
                for name, (low, high) in self.world.bounds.items()
                if name in names
            ]
        }

    def _tags(self, arn):
        name = arn.removeprefix(f"{PREFIX}service/prod/")
        if name not in self.world.tasks_wanted:
            raise AwsError("InvalidParameterException", "The specified service is not found")
        return self.world.tags[name]
