"""What a controller looks after, by the names of its environment."""

from __future__ import annotations

from lambdas.cluster.target import Target

from ...common.names import Names


def target(names: Names, package: str) -> Target:
    """The section of the settings that every controller has; `package` is its folder of lambdas/."""
    return Target(
        cluster=names.cluster,
        group_prefix=names.group_prefix,
        switch_parameter=names.kill_switch,
        next_look_parameter=names.next_look(package),
    )
