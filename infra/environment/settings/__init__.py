"""The settings of a stack file: each key has a module of its name. Others import these names."""

from .section import Section, section_of
from .settings import Settings
from .stack_file import NAMESPACE, load, parse

__all__ = ["NAMESPACE", "Section", "Settings", "load", "parse", "section_of"]
