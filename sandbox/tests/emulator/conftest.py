import pytest
from moto import mock_aws

from sandbox.emulator import Emulator, Settings
from sandbox.tests.emulator.emulated_cluster import a_land


@pytest.fixture
def land():
    with mock_aws(), Emulator(Settings(boot_s=1, agent_s=1, deregister_s=1, phase_s=1, stop_scale=0.1)) as emulator:
        yield a_land(emulator)
