"""The ECS cluster and the record of what happens in it. Others import Cluster."""
