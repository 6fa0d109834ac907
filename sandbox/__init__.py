"""A local AWS for Pulumi programs. Others import `server`, `environment`, `clients`, `refusal` and the emulator."""
