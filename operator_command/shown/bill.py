"""The view of `cost`: what stands, as a month's bill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Group
from rich.text import Text

from ..reading.standing_cost import Billed, Prices
from .tables import NOTED, facts, stacked, styled, table


@dataclass(frozen=True, kw_only=True)
class BillLine:
    """One line."""

    what: str
    arithmetic: str
    usd: float | None
    """USD a month; None where data/prices.csv has no price."""


@dataclass(frozen=True, kw_only=True)
class Bill:
    """What `cost` shows."""

    cluster: str
    lines: tuple[BillLine, ...]
    usd: float
    """USD a month of all lines with a price."""
    unpriced: tuple[str, ...]
    """What has no price, and is not in the sum."""
    prices_of: str
    """Region and day of the prices."""


def bill_of(cluster: str, billed: Billed, prices: Prices) -> Bill:
    """The bill, without what comes to nothing."""
    lines = tuple(each for each in _lines(billed, prices) if each.usd is None or each.usd)
    return Bill(
        cluster=cluster,
        lines=lines,
        usd=sum(each.usd or 0 for each in lines),
        unpriced=tuple(each.what for each in lines if each.usd is None),
        prices_of=f"{prices.region} on {prices.date}",
    )


def _lines(billed: Billed, prices: Prices) -> Iterator[BillLine]:
    for (kind, spot), count in sorted(billed.instances.items()):
        share = prices.spot if spot else 1.0
        yield _line(f"{kind}{', Spot' if spot else ''}", kind, prices, count, "h", share)
    for kind, gib in sorted(billed.volumes.items()):
        yield _line(f"{kind} volumes", f"{kind} storage", prices, gib, "GiB")
    for what, item, count in (
        ("NAT gateways", "NAT gateway", billed.nat_gateways),
        ("interface endpoints", "interface endpoint", billed.endpoint_interfaces),
        ("public IPv4 addresses", "public IPv4 address", billed.addresses),
        ("load balancers", "load balancer", billed.load_balancers),
    ):
        yield _line(what, item, prices, count, "h")
    yield _line("alarms", "alarm", prices, billed.alarms, "")


def _line(what: str, item: str, prices: Prices, count: int, unit: str, share: float = 1.0) -> BillLine:
    price = prices.usd.get(item)
    words = [f"{count} {unit}" if unit == "GiB" else str(count)]
    words += [f"{prices.hours:g} h"] if unit == "h" else []
    words += [f"{share:g} of the price"] if share != 1.0 else []
    words += ["?" if price is None else f"{price:g}"]
    hours = prices.hours if unit == "h" else 1.0
    usd = None if price is None else round(count * hours * share * price, 2)
    return BillLine(what=what, arithmetic=" × ".join(words), usd=0.0 if not count else usd)


def bill_drawn(view: Bill) -> Group:
    """Line by line, and what is not in it."""
    rows: list[tuple[str | Text, ...]] = [
        (each.what, each.arithmetic, "no price" if each.usd is None else f"{each.usd:.2f}") for each in view.lines
    ]
    rows.append((styled("together", "bold"), "", styled(f"{view.usd:.2f}", "bold")))
    said: list[tuple[str, str | Text]] = [
        ("prices", f"those of {view.prices_of}, to be checked before anybody decides by them"),
        ("not in it", "what is billed by use: data, requests, logs, metrics, functions, keys (docs/cost.md)"),
    ]
    if view.unpriced:
        said.append(("no price", styled(f"{', '.join(view.unpriced)}: data/prices.csv has none", NOTED)))
    return stacked(table(("what", "arithmetic", "USD a month"), rows, right=("USD a month",)), facts(said))
