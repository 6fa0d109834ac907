"""What the controllers share: the snapshot of a cluster, its batched readers, instance sizes and time budgets.

`instance_types`, `budgets`, `tags`, `snapshot` and `environment` are pure and need nothing but the standard library,
so that the Pulumi program can check its settings with the numbers that the controllers run on.
"""
