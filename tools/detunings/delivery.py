"""What is sent and may be done: events, queues, topics, keys, logs, functions, roles, buckets."""

from __future__ import annotations

from tools.mutation import Mutation

OF_THE_PLATFORM: tuple[Mutation, ...] = ()

OF_THE_SHOP: tuple[Mutation, ...] = ()
