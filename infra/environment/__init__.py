"""What a platform team runs: an environment, made of settings. Others import the names below."""

from .aws_facts import AwsFacts
from .environment import Environment
from .settings import Settings
from .settings import load as load_settings

__all__ = ["AwsFacts", "Environment", "Settings", "load_settings"]
