"""Settings of every test."""

import os

from hypothesis import settings

# An Output that is printed into a string is a mistake that no checker sees: the SDK raises with this set.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "1"

# HYPOTHESIS_PROFILE=random tries other examples in each run, and says how to repeat one that fails.
settings.register_profile("random", deadline=None, print_blob=True)
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
