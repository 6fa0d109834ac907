"""The main job on this machine: preview with the policy pack, deploy, preview again, an application on it, destroy.

`up`, `down`, and `preview STACK PROFILE`. Every step is a command of Pulumi that works the same against AWS; only the
environment, which `python -m sandbox run` sets, points it at the emulator.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import demo_shop

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from sandbox.refusal import Refusal  # noqa: E402  the tool runs from anywhere
from sandbox.server import Sandbox  # noqa: E402

STACK = "dev"
SHOP_STACK = "dev"
PACK = ["--policy-pack", "policies", "--policy-pack-config", "policies/config/{profile}.json"]
IN_SANDBOX = [sys.executable, "-m", "sandbox", "run"]


class StepFailedError(Exception):
    """A step did not end well; its own output has said why."""


class NotThereError(Exception):
    """Something was named that has no file; the sentence names those that have one."""


def main(arguments: Sequence[str]) -> int:
    """Do one of the jobs; the exit code is that of the first step that failed."""
    os.chdir(ROOT)
    job, *rest = arguments or ["up"]
    try:
        if job == "up":
            up()
        elif job == "down":
            down()
        else:
            preview(*rest)
    except StepFailedError as failure:
        print(f"\nstopped: {failure}", file=sys.stderr)
        return 1
    except NotThereError as wrong:
        print(f"error: {wrong}", file=sys.stderr)
        return 2
    except Refusal as refusal:
        print(f"sandbox: {refusal}", file=sys.stderr)
        return 1
    return 0


def up() -> None:
    """Deploy the platform and an application on it, and say what stands."""
    began = time.monotonic()
    platform = deploy_platform()
    shop = deploy_shop()
    print(what_to_look_at(platform, int(time.monotonic() - began)))
    print(demo_shop.what_stands(shop, platform))


def deploy_platform() -> dict[str, Any]:
    """Preview, deploy, and preview again: the second preview has to be empty. The stack's outputs."""
    start_emulator()
    select(STACK)
    step("preview with the policy pack", "pulumi", "preview", "--stack", STACK, *pack("development"))
    step(
        "deploy", "pulumi", "up", "--stack", STACK, "--yes", "--skip-preview", *pack("development"),
        "--suppress-outputs",
    )  # fmt: skip
    step("preview again: nothing may change", "pulumi", "preview", "--stack", STACK, "--expect-no-changes")
    return json.loads(captured("pulumi", "stack", "output", "--stack", STACK, "--json"))


def deploy_shop() -> dict[str, Any]:
    """Deploy the example onto the platform, which it reads through a stack reference; its outputs."""
    folder = demo_shop.prepare(Sandbox.of(os.environ).folder)
    there = ["--cwd", os.path.relpath(folder)]
    if SHOP_STACK not in stacks(*there):
        step("create the shop's stack", "pulumi", *there, "stack", "init", SHOP_STACK, "--no-select")
    pack_there = [
        os.path.relpath(word, folder) if word.startswith("policies") else word for word in pack("development")
    ]
    step("preview the shop with the policy pack", "pulumi", *there, "preview", "--stack", SHOP_STACK, *pack_there)
    step(
        "deploy the shop", "pulumi", *there, "up", "--stack", SHOP_STACK, "--yes", "--skip-preview", *pack_there,
        "--suppress-outputs",
    )  # fmt: skip
    step(
        "preview the shop again: nothing may change", "pulumi", *there, "preview", "--stack", SHOP_STACK,
        "--expect-no-changes",
    )  # fmt: skip
    return json.loads(captured("pulumi", *there, "stack", "output", "--stack", SHOP_STACK, "--json"))


def down() -> None:
    """Destroy the stack, and end the emulator that held it."""
    sandbox = Sandbox.of(os.environ)
    found = sandbox.emulator()
    if found is not None and found.alive() and STACK in stacks():
        destroy_shop(sandbox.folder / "shop")
        step("destroy", "pulumi", "destroy", "--stack", STACK, "--yes")
        step("forget the stack", "pulumi", "stack", "rm", STACK, "--yes", "--preserve-config")
    sandbox.wipe()
    print("the sandbox is gone")


def destroy_shop(folder: Path) -> None:
    """Applications go before the platform that they stand on."""
    there = ["--cwd", os.path.relpath(folder)]
    if folder.exists() and SHOP_STACK in stacks(*there):
        step("destroy the shop", "pulumi", *there, "destroy", "--stack", SHOP_STACK, "--yes")
        step("forget the shop's stack", "pulumi", *there, "stack", "rm", SHOP_STACK, "--yes", "--preserve-config")


def preview(stack: str = STACK, profile: str = "development") -> None:
    """Preview one stack with the policy pack in a profile. Raises NotThereError for either that has no file."""
    known(f"STACK={stack}", f"Pulumi.{stack}.yaml", "Pulumi.*.yaml")
    known(f"PROFILE={profile}", f"policies/config/{profile}.json", "policies/config/*.json")
    start_emulator()
    select(stack)
    step(f"preview {stack} with the policy pack", "pulumi", "preview", "--stack", stack, *pack(profile))


def known(given: str, file: str, pattern: str) -> None:
    """Raise NotThereError unless there is a file for what was given on the command line."""
    if not (ROOT / file).is_file():
        names = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern))
        raise NotThereError(f"{given}: there is no {file}; there is {', '.join(names)}")


def start_emulator() -> None:
    """Start the emulator; what another one held is gone with it, and its state is of no use."""
    sandbox = Sandbox.of(os.environ)
    try:
        found = sandbox.start()
    except Refusal as refusal:
        print(f"starting afresh: {str(refusal).partition('; ')[0]}")
        sandbox.wipe()
        found = sandbox.start()
    print(f"the local AWS answers at {found.address}")


def select(stack: str) -> None:
    """Make sure that the stack exists in the sandbox's own backend."""
    if stack not in stacks():
        step(f"create the stack {stack}", "pulumi", "stack", "init", stack, "--non-interactive", "--no-select")


def stacks(*there: str) -> set[str]:
    """Names of a project's stacks in the sandbox's backend."""
    return {one["name"] for one in json.loads(captured("pulumi", *there, "stack", "ls", "--json"))}


def pack(profile: str) -> list[str]:
    """The options that put a preview under the policy pack."""
    return [word.format(profile=profile) for word in PACK]


def step(title: str, *command: str) -> None:
    """Run one command in the sandbox and show what it says."""
    print(f"\n── {title}\n   $ {' '.join(command)}", flush=True)
    if subprocess.run([*IN_SANDBOX, *command], check=False).returncode:
        raise StepFailedError(title)


def captured(*command: str) -> str:
    """What a command prints on its standard output."""
    done = subprocess.run([*IN_SANDBOX, *command], check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise StepFailedError(" ".join(command))
    return done.stdout


def what_to_look_at(outputs: dict[str, Any], seconds: int) -> str:
    """The stack's outputs, and commands that show what stands."""
    width = max(len(name) for name in outputs)
    rows = [f"  {name:<{width}}  {shown(value)}" for name, value in sorted(outputs.items())]
    cluster, vpc = outputs["clusterName"], outputs["vpcId"]
    return "\n".join(
        [
            f"\nIt stands, after {seconds} s. Outputs:",
            *rows,
            "",
            "What you can look at now (any AWS client works; `aws` from pip install awscli, for example):",
            '  eval "$(.venv/bin/python -m sandbox env)"',
            f"  aws ec2 describe-subnets --filters Name=vpc-id,Values={vpc} --region {outputs['region']}",
            f"  aws ecs describe-clusters --clusters {cluster} --region {outputs['region']}",
            "  pulumi stack graph --stack dev graph.dot   # the resources and what they depend on",
            "",
            "Change something in infra/ and run `make preview`; `make demo-down` takes it all away.",
        ]
    )


def shown(value: Any) -> str:
    """An output as one line."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
