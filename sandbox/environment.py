"""The environment in which commands meet the emulator instead of AWS."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sandbox.engine import engine
from sandbox.server import ROOT, Sandbox

_LEADS_ELSEWHERE: Final = (
    "AWS_ENDPOINT_URL_",  # of a service: it would win over that of all services
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_",
    "AWS_CREDENTIAL_EXPIRATION",
    "PULUMI_CONFIG_PASSPHRASE_FILE",
)
"""Beginnings of the names of variables that a command must not see."""


def environment(sandbox: Sandbox, given: Mapping[str, str]) -> dict[str, str]:
    """What a command needs to meet the emulator instead of AWS, and nothing of the user's own AWS settings."""
    found = sandbox.running()
    return {
        "PATH": os.pathsep.join([str(ROOT / "sandbox" / "bin"), *engine(given, ROOT), given.get("PATH", os.defpath)]),
        "AWS_ENDPOINT_URL": found.address,
        "AWS_ACCESS_KEY_ID": found.key,
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_SESSION_TOKEN": "sandbox",
        "AWS_EC2_METADATA_DISABLED": "true",
        # A configuration file may say otherwise of these three; then a client would pass by the emulator.
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_USE_FIPS_ENDPOINT": "false",
        "AWS_USE_DUALSTACK_ENDPOINT": "false",
        **_region(given),
        "NO_PROXY": ",".join(filter(None, ["127.0.0.1,localhost", given.get("NO_PROXY")])),
        "PULUMI_BACKEND_URL": sandbox.state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "sandbox",  # a passphrase of the user's own is for the user's own stacks
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",
        "PULUMI_ERROR_OUTPUT_STRING": "1",
        "SANDBOX_DIR": str(sandbox.folder),
        "SANDBOX_PYTHON": sys.executable,
    }


def _region(given: Mapping[str, str]) -> dict[str, str]:
    """Both variables, if one is set: the AWS CLI and newer SDKs read the one, boto3 the other."""
    region = given.get("AWS_REGION") or given.get("AWS_DEFAULT_REGION")
    return dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION"), region) if region else {}


def region_of(folder: Path) -> str:
    """The Region of a project, if all its stack files name the same one."""
    texts = [path.read_text() for path in folder.glob("Pulumi.*.yaml")]
    found = {name for text in texts for name in re.findall(r"^  aws:region: *(\S+)", text, re.MULTILINE)}
    return found.pop() if len(found) == 1 else ""


def left_out(given: Mapping[str, str]) -> list[str]:
    """The variables that a command must not see: they lead past the emulator, or past the sandbox's passphrase."""
    return sorted(name for name in given if name.startswith(_LEADS_ELSEWHERE))


def within(sandbox: Sandbox, given: Mapping[str, str]) -> dict[str, str]:
    """All that a command sees of its surroundings."""
    kept = {name: value for name, value in given.items() if name not in left_out(given)}
    return {**kept, **environment(sandbox, given)}
