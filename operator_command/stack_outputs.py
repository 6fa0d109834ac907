"""The outputs of a platform's stack, as Pulumi tells them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

from .errors import Exit, OperatorError


def stack_outputs(stack: str) -> Mapping[str, Any]:
    """The outputs of a stack, of the project in this folder or of `organization/project/stack`.

    Raises OperatorError where there is no Pulumi, no such stack, or no platform in it.
    """
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise OperatorError("--stack needs the command pulumi on the PATH; or name the --cluster", Exit.USAGE)
    asked = [pulumi, "stack", "output", "--stack", stack, "--json", "--non-interactive"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603  found on the PATH
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1].removeprefix("error: ")
        raise OperatorError(f"pulumi does not tell the outputs of the stack {stack}: {said}", Exit.NOT_THERE)
    outputs: Any = json.loads(done.stdout)
    if "clusterName" not in outputs:
        raise OperatorError(f"the stack {stack} exports no platform: it has no output clusterName", Exit.NOT_THERE)
    return outputs
