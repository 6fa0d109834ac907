"""A cluster minute by minute, with the controller's own metrics as its memory."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from lambdas.capacity.actions import ScaleOut
from lambdas.capacity.snapshot import Sample, WaitingHistory
from tests.lambdas.capacity.clusters import NOW, Cluster, a_member, a_service, planned, some_settings

BOOT = 3
"""Minutes until an instance takes tasks."""


class Minutes(Cluster):
    """Instances boot for minutes, and what was published is there to be read."""

    def __init__(self, sizes, desired, instances=0, **changes):
        self.now, self.launching, self.came = NOW, {}, {}
        self.placed, self.added, self.waiting, self.values = defaultdict(list), [], [], {}
        self.constraints = {}
        self.settings = some_settings(**changes)
        self.remembers = True
        super().__init__(sizes, desired, instances)

    def size(self):
        return len(self.hosts) + len(self.launching)

    def launch(self):
        """An instance in the zone that has fewest."""
        hosts, self.hosts = self.hosts, {**self.hosts, **{each: [] for each in self.launching}}
        before = set(self.hosts)
        self.start()
        (number,) = set(self.hosts) - before
        self.hosts, self.launching[number] = hosts, self.now + timedelta(minutes=BOOT)

    def snapshot(self, history=()):
        seen = super().snapshot(history)
        members = (*seen.groups[0].instances, *(a_member(each, "Pending") for each in self.launching))
        group = replace(seen.groups[0], instances=members, desired_capacity=len(members), max_size=1000)
        services = [
            replace(a_service(name, self.desired[name], self.running(name)), constraints=self.constraints.get(name, ()))
            for name in self.sizes
        ]
        waited = WaitingHistory(
            placed={name: tuple(samples) for name, samples in self.placed.items()},
            added=tuple(self.added),
            waiting=tuple(self.waiting),
            known=self.remembers,
        )
        instances = tuple(replace(each, registered_at=self.came.get(each.arn)) for each in seen.container_instances)
        return replace(seen, groups=(group,), services=tuple(services), container_instances=instances, waited=waited)

    def minute(self):
        """One run, and what comes of it until the next."""
        decision = planned(self.snapshot(), self.settings, self.now)
        self.values = decision.values
        self.placed[""].append(Sample(at=self.now, value=decision.values["SchedulableTasks"]))
        self.waiting.append(Sample(at=self.now, value=decision.values["UnplacedTasks"]))
        for name in self.sizes:
            if self.running(name) < self.desired[name]:
                self.placed[name].append(Sample(at=self.now, value=self.running(name)))
        if isinstance(decision.action, ScaleOut):
            count = decision.action.desired - decision.action.observed
            self.added.append(Sample(at=self.now, value=count))
            for _ in range(count):
                self.launch()
        self.now += timedelta(minutes=1)
        for number in [each for each, due in self.launching.items() if due <= self.now]:
            del self.launching[number]
            self.hosts[number] = []
            self.came[f"ci-{number}"] = self.now
        self.place()
        return decision

    def run(self, minutes):
        return [self.minute() for _ in range(minutes)]
