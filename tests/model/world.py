"""A small world that plays ECS, Auto Scaling and EC2 for the instance controller, slowly and unreliably."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.lambdas.instances.builders import NOW, arn_of

PREFIX = "arn:aws:ecs:eu-west-1:123456789012:"
GROUP = "prod-instances-1"
TIMEOUT_S = {"launch": 300, "terminate": 120}
HOOK = {"launch": "ready", "terminate": "drain"}
RUN_S = 90
"""Seconds after which a run acts no more on what it saw: the time limit of the function."""


@dataclass
class Action:
    """A lifecycle action that waits."""

    kind: str
    began: datetime
    until: datetime


@dataclass
class Member:
    """An instance of the group, its machine and its registration."""

    instance_id: str
    state: str
    launched: datetime
    version: str = "1"
    healthy: bool = True
    machine: str = "running"
    in_group: bool = True
    status: str | None = None
    connected: bool = False
    silent_since: datetime | None = None
    """Since when nobody has seen its agent: one that comes back between two looks was never back."""
    silences: list[tuple[datetime, datetime]] = field(default_factory=list)
    """Those that a look has ended."""
    attributes: dict = field(default_factory=dict)
    action: Action | None = None
    misses: int = 0
    zone: str = "eu-west-1a"

    @property
    def arn(self):
        return arn_of(self.instance_id)


@dataclass
class Work:
    """A task: its group, how long it takes to stop, and how far it is."""

    arn: str
    instance_id: str
    group: str
    stop_s: float
    desired: str = "RUNNING"
    last: str = "RUNNING"
    told: datetime | None = None
    protected: bool = False


class World:
    """All state, and what time does to it."""

    zones: tuple[str, ...] = ("eu-west-1a",)
    max_size = 99

    def __init__(self, deadline_s, agent_gone_s, drain_timeout_s=TIMEOUT_S["terminate"]):
        self.now = NOW
        self.timeout_s = {**TIMEOUT_S, "terminate": drain_timeout_s}
        self.deadline_s, self.agent_gone_s = deadline_s, agent_gone_s
        self.members: dict[str, Member] = {}
        self.work: dict[str, Work] = {}
        self.by_host: dict[str, list[Work]] = {}
        self.by_arn: dict[str, Member] = {}
        self.refreshes: list[dict] = []
        self.wanted, self.version = "1", "1"
        self.paused = False
        self.parameters: dict[str, str] = {}
        self.wrong: list[str] = []
        self.ended: list[tuple[str, str, str]] = []
        self.endings: list[tuple[str, str, str, datetime]] = []
        self.marked: list[str] = []

    @property
    def desired_capacity(self):
        return sum(each.in_group for each in self.members.values())

    def launch(self, zone=""):
        instance_id = f"i-{len(self.members) + 1:016x}"
        member = Member(instance_id, "Pending:Wait", self.now, version=self.version, zone=zone or self.zones[0])
        self.members[instance_id] = self.by_arn[member.arn] = member
        self._wait(member, "launch")
        return member

    def register(self, member):
        member.status, member.connected, member.silent_since = "ACTIVE", True, None

    def serving(self, *groups):
        """Launch, register and put into service at once, with a task for each group."""
        member = self.launch()
        self.register(member)
        self.end(member, "CONTINUE", "test")
        for group in groups:
            self.place(member, group)
        return member

    def place(self, member, group, stop_s=30, *, protected=False):
        name = f"{PREFIX}task/prod/{len(self.work) + 1}"
        self.work[name] = Work(name, member.instance_id, group, stop_s, protected=protected)
        self.by_host.setdefault(member.instance_id, []).append(self.work[name])
        return self.work[name]

    def terminate(self, member):
        member.state = "Terminating:Wait"
        self._wait(member, "terminate")

    def stop(self, work):
        if work.desired == "RUNNING":
            work.desired, work.told = "STOPPED", self.now

    def silence(self, member):
        member.connected = False
        member.silent_since = member.silent_since or self.now

    def look(self, member):
        """Somebody asks for it."""
        member.misses += not member.connected
        if member.connected and member.silent_since:
            member.silences.append((member.silent_since, self.now))
            member.silent_since = None

    def kill(self, member):
        """A Spot reclaim, or somebody's console: no hook is asked."""
        member.machine = "terminated"
        self.silence(member)

    def advance(self, seconds):
        """Let time pass, second by second where it matters."""
        self.now += timedelta(seconds=seconds)
        for member in self.members.values():
            if member.action and self.now >= member.action.until:
                self.end(member, "CONTINUE", "timeout")
        for instance_id, tasks in self.by_host.items():
            member = self.members[instance_id]
            if member.status == "DRAINING" or any(each.told for each in tasks):
                for work in tasks:
                    self._progress(work, member)

    def end(self, member, result, by):
        """A lifecycle action ends."""
        kind = member.action.kind
        self.ended.append((member.instance_id, kind, by))
        self.endings.append((member.instance_id, kind, by, self.now))
        member.action = None
        if kind == "launch" and result == "CONTINUE":
            member.state = "InService"
        else:
            member.state, member.in_group, member.machine = "Terminated", False, "terminated"
            self.silence(member)

    def wanted_on(self, member):
        """Tasks that nobody told to stop: what ECS counts."""
        return sum(each.desired == "RUNNING" for each in self.by_host.get(member.instance_id, ()))

    def word(self, member):
        return {"launch": "Launching a new", "terminate": "Terminating"}[member.action.kind]

    def live(self, member):
        """What somebody may still be waiting for."""
        return [
            work
            for work in self.by_host.get(member.instance_id, ())
            if work.last != "STOPPED" and work.group != "service:agent"
        ]

    def judge_release(self, member):
        """The promise: no instance is released with a live task before the deadline, or as gone while it reports.

        An agent that comes back between a run's look and what the run does is too late.
        """
        began = member.action.began
        if not self.live(member) or member.machine == "terminated":
            return
        late = self.now - began >= timedelta(seconds=self.deadline_s)
        if not late and not self._was_gone(member):
            self.wrong.append(f"{member.instance_id} was released with live tasks after {self.now - began}")

    def _was_gone(self, member):
        silences = [*member.silences, (member.silent_since or self.now, self.now)]
        return any(
            end - start >= timedelta(seconds=self.agent_gone_s) and self.now - end <= timedelta(seconds=RUN_S)
            for start, end in silences
        )

    def _wait(self, member, kind):
        until = self.now + timedelta(seconds=self.timeout_s[kind])
        member.action = Action(kind, self.now, until)

    def _progress(self, work, member):
        if not member.connected or work.last == "STOPPED":
            return  # what an agent does not report, ECS does not know
        is_service = work.group.startswith("service:") and work.group != "service:agent"
        if member.status == "DRAINING" and is_service and not work.protected:
            self.stop(work)
        if work.told is None:
            return
        age = (self.now - work.told).total_seconds()
        # Half of the time the load balancer lets go, then the containers stop, then the interface goes.
        steps = ["DEACTIVATING"] * 5 + ["STOPPING"] * 3 + ["DEPROVISIONING"] * 2 + ["STOPPED"]
        work.last = steps[min(10, int(10 * age / work.stop_s))] if work.stop_s else "STOPPED"
