"""The VPC, its addresses, its ways out and the private names in it. Others import these names."""

from .addressing import Zone, choose_zones, range_problem
from .discovery import Discovery, DiscoveryArgs
from .network import MIN_ZONES, Network, NetworkArgs

__all__ = [
    "MIN_ZONES",
    "Discovery",
    "DiscoveryArgs",
    "Network",
    "NetworkArgs",
    "Zone",
    "choose_zones",
    "range_problem",
]
