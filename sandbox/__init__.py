"""The local AWS: a provider for the engine and an emulator behind it. It runs as `python -m sandbox`."""
