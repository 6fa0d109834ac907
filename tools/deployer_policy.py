"""Writes docs/deployer-policy.json: what whoever runs `pulumi up` of an environment needs, as managed policies.

python tools/deployer_policy.py [--check]
python tools/deployer_policy.py ENVIRONMENT ACCOUNT REGION HOSTED_ZONE [BOUNDARY_ARN]   prints those of an environment
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from infra.common.location import Location  # noqa: E402  the tool runs from anywhere
from infra.common.names import Names  # noqa: E402
from infra.environment.deployer import Deployer  # noqa: E402

PAGE: Final = ROOT / "docs" / "deployer-policy.json"

EXAMPLE: Final = Deployer(
    names=Names("prod"),
    location=Location(partition="aws", region="eu-central-1", account="123456789012"),
    hosted_zone="Z0123456789ABCDEFGHIJ",
)
"""What docs/deployer-policy.json is made for: the stack file prod, in the account of the examples."""


def text_of(deployer: Deployer) -> str:
    """The policies as JSON."""
    return json.dumps(deployer.policies(), indent=2) + "\n"


def main(arguments: list[str]) -> int:
    """Write the example, compare it, or print the policies of an environment."""
    if len(arguments) in (4, 5):
        environment, account, region, zone, *boundary = arguments
        place = Location(partition="aws", region=region, account=account)
        deployer = Deployer(
            names=Names(environment), location=place, hosted_zone=zone, boundary=next(iter(boundary), None)
        )
        print(text_of(deployer), end="")
        return 0
    wanted = text_of(EXAMPLE)
    if "--check" not in arguments:
        PAGE.write_text(wanted)
        return 0
    if PAGE.exists() and PAGE.read_text() == wanted:
        return 0
    print(f"{PAGE.relative_to(ROOT)} differs from tools/deployer_policy.py: run make docs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
