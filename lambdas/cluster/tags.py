"""Tags and attributes by which the program and its controllers understand each other.

A controller finds its groups by tag, not by name: the function must exist before the group does (so that a destroy
drains), and while a group is replaced there are two of them.
"""

CLUSTER = "ecs-platform:cluster"
"""Tag of an Auto Scaling group: the name of the ECS cluster that its instances join."""

WANTED_VERSION = "ecs-platform:wanted-template-version"
"""Tag of an Auto Scaling group: the launch template version that the instance controller rolls out, as a number."""

FORGIVEN_REFRESH = "ecs-platform:forgiven-refresh"
"""Tag of an Auto Scaling group: id of a failed instance refresh. An operator sets it so that the controller tries the
same version once more; the next failure has another id, so that nothing is tried twice by it."""

TRUNK_ATTRIBUTE = "ecs.awsvpc-trunk-id"
"""Attribute that ECS sets on a container instance with a trunk interface (ECS developer guide, ENI trunking)."""

MOVE = "ecs-platform:move"
"""Tag of a service: the move of its tasks to emptier instances that goes on, or the last one (moves.py)."""

REBALANCING = "ecs-platform:rebalancing"
"""Tag of a service: `off` where its tasks stay where ECS has placed them."""
