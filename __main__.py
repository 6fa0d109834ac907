"""One environment of the platform: settings → components → contract."""

from infra.environment import Environment, load_settings

Environment(load_settings()).export()
