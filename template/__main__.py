"""One environment of the platform: its settings are those of the stack, in the namespace `ecs-platform`."""

from ecs_platform.environment import Environment, load_settings

Environment(load_settings()).export()
