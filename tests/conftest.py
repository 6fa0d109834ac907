"""Settings of every test."""

import os

from hypothesis import HealthCheck, settings

# An Output that is printed into a string is a mistake that no checker sees: the SDK raises with this set.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "1"

# Other examples in each run, and a failure says how to repeat it; HYPOTHESIS_PROFILE=fixed tries the same ones each
# time. How fast examples are made depends on what else the machine does. What hypothesis does by itself where the
# variable CI is set is said here for every machine.
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("random", derandomize=False, print_blob=True, **PATIENT)
settings.register_profile("fixed", derandomize=True, print_blob=False, **PATIENT)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "random"))
