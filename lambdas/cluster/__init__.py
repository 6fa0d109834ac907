"""What the controllers share: what is read of a cluster and how, whether tasks fit, and what the program agrees with.

`budgets`, `group_sizes`, `instance_types`, `lifecycle_hooks`, `metrics`, `switch`, `tags` and `wake` are what the
Pulumi program imports, so that it checks its settings with the numbers that the controllers run on; `environment` and
`target` come with the settings of the controllers. All of them need nothing but the standard library.
"""
