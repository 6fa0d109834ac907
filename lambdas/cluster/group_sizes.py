"""The sizes that a group publishes: what the program asks for, and what the instance controller switches on."""

from typing import Final

GROUP_METRICS: Final = (
    "GroupDesiredCapacity", "GroupInServiceInstances", "GroupMaxSize", "GroupMinSize", "GroupPendingInstances",
    "GroupStandbyInstances", "GroupTerminatingInstances", "GroupTotalInstances",
)  # fmt: skip
"""Sizes that alarms look at; a group publishes none of them by itself (Auto Scaling user guide, "Group metrics").

Both name the same ones: a refresh of the stack would show any other as a change that somebody made by hand.
"""
