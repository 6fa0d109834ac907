"""The main job on this machine: preview with the policy pack, deploy, preview again, an application on it, destroy.

`up`, `down`, and `preview STACK PROFILE`. Every step is a command of Pulumi that works the same against AWS; only the
environment, which `python -m sandbox run` sets, points it at the emulator.

Most of a warm `up` goes to six starts of the programs, each of which loads pulumi_aws, to the sandbox's provider and to
four starts of the policy pack.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from sandbox.refusal import Refusal  # noqa: E402  the tool runs from anywhere
from sandbox.server import Sandbox  # noqa: E402  likewise
from tools import demo_shop, demo_shown  # noqa: E402  likewise
from tools.demo_leftovers import BusyError, alone, interrupted  # noqa: E402  likewise
from tools.demo_steps import IN_SANDBOX, InterruptedStepError, StepFailedError, Steps, captured  # noqa: E402  likewise

STACK = "dev"
SHOP_STACK = "dev"
PROFILE = "development"
PACK = ["--policy-pack", "policies", "--policy-pack-config", "policies/config/{profile}.json"]


class NotThereError(Exception):
    """Something was named that has no file; the sentence names those that have one."""


def main(arguments: Sequence[str]) -> int:
    """Do one of the jobs; the exit code is that of the first step that failed."""
    os.chdir(ROOT)
    for number in (signal.SIGTERM, signal.SIGHUP):  # as an interrupt from the keyboard
        signal.signal(number, signal.default_int_handler)
    job, *rest = arguments or ["up"]
    try:
        {"up": up, "down": down}.get(job, lambda: preview(*rest))()
    except (StepFailedError, Refusal, BusyError) as failure:
        print(f"\nerror: {failure}", file=sys.stderr)
        return 1
    except NotThereError as wrong:
        print(f"error: {wrong}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, InterruptedStepError):
        print("\ninterrupted; `make demo` goes on from here, `make demo-down` takes it all away", file=sys.stderr)
        return 130
    return 0


def up() -> None:
    """Deploy the platform and an application on it, and say what was shown."""
    began = time.monotonic()
    sandbox = Sandbox.of(os.environ)
    with alone(sandbox):
        steps = the_steps(sandbox)
        steps.begin()
        platform = platform_in(sandbox, steps)
        shop = shop_in(sandbox, steps)
        print(demo_shown.what_was_shown(platform, shop, PROFILE, int(time.monotonic() - began)))
        print(demo_shown.status(captured(*demo_shown.status_command(platform))))


def deploy_platform() -> dict[str, Any]:
    """Deploy the platform alone; the stack's outputs."""
    sandbox = Sandbox.of(os.environ)
    with alone(sandbox):
        steps = the_steps(sandbox)
        steps.begin()
        return platform_in(sandbox, steps).outputs


def the_steps(sandbox: Sandbox) -> Steps:
    """Steps that write the sandbox's log of the demo."""
    return Steps(sandbox.folder / "demo.log")


def platform_in(sandbox: Sandbox, steps: Steps) -> demo_shown.Deployed:
    """Preview, deploy, and preview again: the second preview has to be empty."""
    start_emulator(sandbox)
    select(steps)
    return deployed(steps, "", STACK, pack(PROFILE))


def shop_in(sandbox: Sandbox, steps: Steps) -> demo_shown.Deployed:
    """Deploy the example onto the platform, which it reads through a stack reference."""
    folder = demo_shop.prepare(sandbox.folder)
    there = ["--cwd", os.path.relpath(folder)]
    if SHOP_STACK not in stacks(*there):
        steps.run("create the shop's stack", "pulumi", *there, "stack", "init", SHOP_STACK, "--no-select")
    words = [os.path.relpath(word, folder) if word.startswith("policies") else word for word in pack(PROFILE)]
    return deployed(steps, "the shop: ", SHOP_STACK, words, *there)


def deployed(steps: Steps, whose: str, stack: str, pack_there: Sequence[str], *there: str) -> demo_shown.Deployed:
    """Bring a stack up, between two previews; the second one has to be empty."""
    pulumi = ("pulumi", *there)
    first = steps.run(f"{whose}preview under the policy pack", *pulumi, "preview", "--stack", stack, *pack_there)
    made = steps.run(
        f"{whose}deploy", *pulumi, "up", "--stack", stack, "--yes", "--skip-preview", *pack_there, "--suppress-outputs",
        total=first.resources,
    )  # fmt: skip
    steps.run(
        f"{whose}preview again: nothing may change", *pulumi, "preview", "--stack", stack, "--expect-no-changes",
        total=first.resources,
    )  # fmt: skip
    outputs = json.loads(captured(*pulumi, "stack", "output", "--stack", stack, "--json"))
    return demo_shown.Deployed(outputs=outputs, resources=made.resources)


def down() -> None:
    """Destroy the stack, and end the emulator that held it."""
    sandbox = Sandbox.of(os.environ)
    with alone(sandbox):
        steps = the_steps(sandbox)
        found = sandbox.emulator()
        if why := interrupted(sandbox):
            print(f"nothing is destroyed one by one: {why}")
        elif found is not None and found.alive() and STACK in stacks():
            steps.begin()
            destroy_shop(sandbox.folder / "shop", steps)
            steps.run("destroy", "pulumi", "destroy", "--stack", STACK, "--yes", "--skip-preview")
            steps.run("forget the stack", "pulumi", "stack", "rm", STACK, "--yes", "--preserve-config")
        sandbox.wipe()
    print("the sandbox is gone")


def destroy_shop(folder: Path, steps: Steps) -> None:
    """Applications go before the platform that they stand on."""
    there = ["--cwd", os.path.relpath(folder)]
    if folder.exists() and SHOP_STACK in stacks(*there):
        steps.run("the shop: destroy", "pulumi", *there, "destroy", "--stack", SHOP_STACK, "--yes", "--skip-preview")
        steps.run(
            "the shop: forget its stack", "pulumi", *there, "stack", "rm", SHOP_STACK, "--yes", "--preserve-config"
        )


def preview(stack: str = STACK, profile: str = PROFILE) -> None:
    """Preview one stack with the policy pack in a profile. Raises NotThereError for either that has no file."""
    known(f"STACK={stack}", f"Pulumi.{stack}.yaml", "Pulumi.*.yaml")
    known(f"PROFILE={profile}", f"policies/config/{profile}.json", "policies/config/*.json")
    sandbox = Sandbox.of(os.environ)
    with alone(sandbox):
        start_emulator(sandbox)
        select(the_steps(sandbox), stack)
        show("pulumi", "preview", "--stack", stack, *pack(profile))


def show(*command: str) -> None:
    """Run one command in the sandbox; what it prints is the point."""
    print(f"$ {' '.join(command)}", flush=True)
    if subprocess.run([*IN_SANDBOX, *command], check=False).returncode:
        raise StepFailedError(" ".join(command))


def known(given: str, file: str, pattern: str) -> None:
    """Raise NotThereError unless there is a file for what was given on the command line."""
    if not (ROOT / file).is_file():
        names = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern))
        raise NotThereError(f"{given}: there is no {file}; there is {', '.join(names)}")


def start_emulator(sandbox: Sandbox) -> None:
    """Start the emulator; what another one held is gone with it, and what was interrupted is made anew."""
    if why := interrupted(sandbox):
        print(f"starting afresh: {why}")
        sandbox.wipe()
    try:
        found = sandbox.start()
    except Refusal as refusal:
        print(f"starting afresh: {str(refusal).partition('; ')[0]}")
        sandbox.wipe()
        found = sandbox.start()
    print(f"the local AWS answers at {found.address}")


def select(steps: Steps, stack: str = STACK) -> None:
    """Make sure that the stack exists in the sandbox's own backend."""
    if stack not in stacks():
        steps.run(f"create the stack {stack}", "pulumi", "stack", "init", stack, "--non-interactive", "--no-select")


def stacks(*there: str) -> set[str]:
    """Names of a project's stacks in the sandbox's backend."""
    return {one["name"] for one in json.loads(captured("pulumi", *there, "stack", "ls", "--json"))}


def pack(profile: str) -> list[str]:
    """The options that put a preview under the policy pack."""
    return [word.format(profile=profile) for word in PACK]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
