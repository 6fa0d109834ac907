"""KMS keys that have to stay."""

from __future__ import annotations

from ecs_operations.engine.registry import Config, Results, Rule, Setting, Severity, WhenUnknown
from ecs_operations.facts import tokens
from ecs_operations.facts.graph import Graph
from ecs_operations.facts.resource import Resource, refers
from ecs_operations.facts.shapes import number

SYMMETRIC = "SYMMETRIC_DEFAULT"


USERS = ((tokens.LOG_GROUP, "kmsKeyId"), (tokens.TOPIC, "kmsMasterKeyId"), (tokens.QUEUE, "kmsMasterKeyId"))
"""What encrypts with a key, and the property that names it."""


@Rule(
    id="kms-key-kept",
    summary="A key works, and its deletion can be taken back in time.",
    fix="Set deletion_window_in_days to 30; leave is_enabled on.",
    severity=Severity.MEDIUM,
    source="AWS KMS developer guide, Deleting AWS KMS keys; Enabling and disabling keys",
    types=(tokens.KEY,),
    unknown=WhenUnknown.SKIP,
    settings=(
        Setting(
            name="minimumDays",
            default=14,
            minimum=7,
            maximum=30,
            description="Days until a key that is scheduled for deletion is gone. KMS takes 7 to 30, by default 30.",
        ),
    ),
    guards=("deletionWindowInDays", "isEnabled", "customerMasterKeySpec"),
)
def kms_key_kept(key: Resource, graph: Graph, config: Config) -> Results:
    """What a key encrypted is lost with it: logs, messages, volumes. A week is over before a holiday is.

    Under a disabled key nothing can be written or read: alarms reach nobody, and log groups take no lines.
    """
    if key.get("isEnabled", default=True) in (False, "false"):
        yield "is disabled: nothing can be encrypted or read with it"
    spec = key.get("customerMasterKeySpec", default=SYMMETRIC)
    users = [
        one.name for kind, property_ in USERS for one in graph.of(kind) if refers(one, property_, key, "arn", "id")
    ]
    if spec != SYMMETRIC and users:
        yield f"is of the kind {spec}, under which {users[0]} cannot encrypt"
    days = number(key.get("deletionWindowInDays", default=30))
    if days is not None and days < config["minimumDays"]:
        yield f"is gone {days:g} days after its deletion, must be at least {config['minimumDays']}"
