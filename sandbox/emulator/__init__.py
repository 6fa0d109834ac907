"""moto's server, extended where its model is too thin (sandbox/docs/emulator.md). Others may import the names below."""

from __future__ import annotations

from .emulator import Emulator
from .server import Server, main
from .settings import Settings

__all__ = ["Emulator", "Server", "Settings", "main"]
