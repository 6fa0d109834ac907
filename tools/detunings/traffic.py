"""Load balancers, networks and alarms."""

from __future__ import annotations

from tools.mutation import Mutation

OF_THE_PLATFORM: tuple[Mutation, ...] = ()

OF_THE_SHOP: tuple[Mutation, ...] = ()
