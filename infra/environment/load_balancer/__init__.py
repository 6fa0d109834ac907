"""The public load balancer with its certificate and access logs. Others import these names."""

from .load_balancer import ERROR_PERCENT, IDLE_TIMEOUT_RANGE_S, LoadBalancer, LoadBalancerArgs

__all__ = ["ERROR_PERCENT", "IDLE_TIMEOUT_RANGE_S", "LoadBalancer", "LoadBalancerArgs"]
