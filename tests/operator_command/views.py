"""Views of small and large clusters, as data: what golden screens are drawn of."""

from datetime import UTC, datetime, timedelta

from operator_command.reading.controllers import Decision
from operator_command.reading.standing import Progress, Ringing
from operator_command.shown.status import DrainLine, InstanceLine, ServiceLine, Sizes, Status, ZoneLine

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ZONES = ("eu-central-1a", "eu-central-1b", "eu-central-1c")


def an_instance(number, **changes):
    inputs = {
        "instance_id": f"i-{number:017x}",
        "zone": ZONES[number % 3],
        "state": "in service",
        "instance_type": "m7g.large",
        "version": "4",
        "image": "ami-0123456789abcdef0",
        "current": True,
        "since": NOW - timedelta(hours=number + 1),
        "tasks": 6,
        "slots": 10,
    }
    return InstanceLine(**(inputs | changes))


def a_status(count=3, **changes):
    instances = changes.pop("instances", tuple(an_instance(number) for number in range(count)))
    zones = tuple(
        ZoneLine(zone=zone, in_service=count // 3, other=0, tasks=2 * count, slots=10 * count // 3) for zone in ZONES
    )
    inputs = {
        "cluster": "ecs-prod",
        "region": "eu-central-1",
        "at": NOW,
        "paused": False,
        "switch_understood": True,
        "sizes": Sizes(minimum=3, desired=count, maximum=400, in_service=count),
        "wanted_version": "4",
        "wanted_image": "ami-0123456789abcdef0",
        "rollout_blocked": False,
        "zones": zones,
        "instances": instances,
        "drains": (),
        "refresh": None,
        "decision": Decision(
            at=NOW - timedelta(seconds=40), event="NoChange", outcome="none", reason="there is no surplus", details={},
            action={}, inputs={},
        ),
        "services": 12,
        "tasks": 6 * count,
        "noted_services": (),
        "alarms": (),
    }  # fmt: skip
    return Status(**(inputs | changes))


def in_trouble(count=300):
    """A large cluster in which everything happens that the screen can show."""
    instances = [an_instance(number) for number in range(count)]
    for number in range(40):
        instances[number] = an_instance(number, version="3", current=False)
    for number in range(40, 52):
        instances[number] = an_instance(number, version="3", current=False, state="leaving", tasks=2)
    for number in range(52, 60):
        instances[number] = an_instance(number, state="starting", tasks=0, since=NOW - timedelta(seconds=70))
    instances[60] = an_instance(60, state="agent away")
    instances[61] = an_instance(61, state="retained", instance_type="m6g.large")
    return a_status(
        count,
        instances=tuple(instances),
        sizes=Sizes(minimum=3, desired=count, maximum=400, in_service=count - 22),
        drains=tuple(
            DrainLine(
                instance_id=f"i-{number:017x}", tasks_left=number - 38, exact=number < 46,
                since=NOW - timedelta(minutes=14), deadline=NOW + timedelta(seconds=60 * (number - 40) - 30),
            )
            for number in range(40, 52)
        ),
        refresh=Progress(
            refresh_id="r-1", status="InProgress", percent=83, left=52, reason="", began=NOW - timedelta(minutes=50)
        ),
        decision=Decision(
            at=NOW - timedelta(seconds=5), event="ScaleOut", outcome="done",
            reason="waiting tasks or the headroom lack room", details={"waiting": 14, "missing": 3, "added": 3},
            action={"group": "g", "observed": 297, "desired": 300}, inputs={},
        ),
        noted_services=(
            ServiceLine(name="cart-service-1a2b3c4", running=2, desired=6, what="below its minimum"),
            ServiceLine(name="search-service-5d6e7f8", running=9, desired=9, what="deploying"),
        ),
        alarms=(
            Ringing(
                name="ecs-prod-capacity-controller-demand-unmet-0a1b2c3", since=NOW - timedelta(minutes=16),
                summary="Tasks have had no room for a quarter of an hour. Runbook: docs/operations.md#demand-unmet",
            ),
        ),
    )  # fmt: skip
