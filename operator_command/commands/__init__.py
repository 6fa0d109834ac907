"""The commands: each reads, shows or asks, and acts."""
