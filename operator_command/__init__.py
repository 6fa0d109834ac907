"""The operator's command `ecs-platform`: what stands in a cluster at a glance, why, and one command for each action.

It reads with the controllers' own readers and explains with their own plans. `commands/` has a module for each command,
`reading/` asks AWS, `shown/` decides what is shown of the answers and asks nobody.
"""
