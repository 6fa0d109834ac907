"""What the controllers share: what is read of a cluster and how, whether tasks fit, and what the program agrees with.

`budgets`, `environment`, `instance_types`, `lifecycle_hooks`, `metrics`, `switch`, `tags` and `target` are what the
Pulumi program imports, so that it checks its settings with the numbers that the controllers run on. They need nothing
but the standard library.
"""
