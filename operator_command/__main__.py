"""`python -m operator_command` in a checkout; the wheel installs the same as `ecs-platform`."""

import sys

from .start import main

if __name__ == "__main__":
    sys.exit(main())
