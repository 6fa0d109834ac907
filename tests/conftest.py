"""Settings of every test."""

import os

from hypothesis import settings

# An Output that is printed into a string is a mistake that no checker sees: the SDK raises with this set.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "1"

settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")
