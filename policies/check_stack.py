"""Checks a deployed stack with the pack of this folder; see ecs_operations/check_stack.py."""

import sys

from ecs_operations.check_stack import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
