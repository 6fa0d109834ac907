"""The view of the commands that act: what was done, on what, and what follows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a command has done; its text is one sentence for people."""

    cluster: str
    on: str
    """Service, instance, group, SSM parameter or alarm."""
    done: str
    """What became of it."""
    follows: str = ""
    """What comes next, or what to look at. By default nothing."""
    changed: bool = True
    """False where it stood so already, and nothing was done."""

    def __str__(self) -> str:
        return f"{self.done}; {self.follows}" if self.follows else self.done


def watched(name: str) -> str:
    """What follows for something that `watch` knows by its name."""
    return f"watch it: ecs-platform watch {name}"
