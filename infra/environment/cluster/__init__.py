"""The ECS cluster and the record of what happens in it. Others import these names."""

from .cluster import Cluster, ClusterArgs

__all__ = ["Cluster", "ClusterArgs"]
