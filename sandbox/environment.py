"""The environment in which commands meet the emulator instead of AWS."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from sandbox.server import ROOT, Sandbox


def environment(sandbox: Sandbox, given: Mapping[str, str]) -> dict[str, str]:
    """What a command needs to meet the emulator instead of AWS, and nothing of the user's own AWS settings."""
    address = sandbox.running().address
    return {
        "PATH": os.pathsep.join([str(ROOT / "sandbox" / "bin"), *_engine(given), given.get("PATH", os.defpath)]),
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_SESSION_TOKEN": "sandbox",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PULUMI_BACKEND_URL": sandbox.state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": given.get("PULUMI_CONFIG_PASSPHRASE") or "sandbox",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",
        "PULUMI_ERROR_OUTPUT_STRING": "1",
        "SANDBOX_DIR": str(sandbox.folder),
        "SANDBOX_PYTHON": sys.executable,
    }


def _engine(given: Mapping[str, str]) -> list[str]:
    """The folder of the engine that `make` builds, if there is one."""
    folders = [Path(given["PULUMI_HOME_BIN"])] if given.get("PULUMI_HOME_BIN") else [Path(".engine"), ROOT / ".engine"]
    return [str(folder.resolve()) for folder in folders if (folder / "pulumi").exists()][:1]
