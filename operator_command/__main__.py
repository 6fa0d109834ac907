"""`python -m operator_command` in a checkout; the wheel installs the same as `ecs-platform`."""

import sys

from .start import main

sys.exit(main())
