"""Settings of every test."""

import os

from hypothesis import settings

# An Output that is printed into a string is a mistake that no checker sees: the SDK raises with this set.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "1"

# Each run tries other examples and says how to repeat one that fails; HYPOTHESIS_PROFILE=fixed tries the same again.
settings.register_profile("random", deadline=None, print_blob=True)
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "random"))
