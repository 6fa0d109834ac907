"""What applications install: services and all that belongs to one. `ecs_platform` re-exports the public names."""
