"""The container instances: group, template, role, hooks, and whether types fit. Others import Instances and fit."""
