from __future__ import annotations

import sys
from pathlib import Path

import pytest
from moto import mock_aws

sys.path.insert(0, str(Path(__file__).parent))

from emulated_cluster import a_land  # noqa: E402 - its folder is no package

from sandbox.emulator import Emulator, Settings  # noqa: E402


@pytest.fixture
def land():
    with mock_aws(), Emulator(Settings(boot_s=1, agent_s=1, deregister_s=1, phase_s=1, stop_scale=0.1)) as emulator:
        yield a_land(emulator)
