"""A local AWS: moto's server, extended where its model is too thin to live in (sandbox/docs/emulator.md)."""

from __future__ import annotations

from .emulator import Emulator
from .server import Server, main
from .settings import Settings

__all__ = ["Emulator", "Server", "Settings", "main"]
