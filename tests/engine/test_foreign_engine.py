"""Programs that know nothing of the platform, previewed under its pack by the real engine, on the local AWS."""

import shutil

import pytest

from ecs_operations import RULES, Level
from tests.engine.workspace import ROOT, Workspace
from tests.policies.foreign_findings import SAID_OF
from tools.mutations import broken_rules

pytestmark = pytest.mark.engine

MANDATORY = {rule.id for rule in RULES if rule.level is Level.MANDATORY}
PACK = ("--policy-pack", str(ROOT / "policies"))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    return tmp_path_factory.mktemp("foreign") / "sandbox"


@pytest.mark.parametrize("program", SAID_OF)
def test_a_preview_is_refused_for_these_reasons_and_no_others(program, sandbox):
    folder = sandbox.parent / program
    shutil.copytree(ROOT / "tests" / "policies" / "foreign" / program, folder)
    (folder / "Pulumi.yaml").write_text(
        f"name: {program}\nruntime:\n  name: python\n  options:\n    virtualenv: {ROOT / '.venv'}\n"
        "config:\n  aws:region: eu-central-1\n"
    )
    space = Workspace(folder, sandbox)
    assert space.in_sandbox("start").code == 0
    space.succeeds("stack", "init", "dev")
    try:
        done = space.pulumi("preview", "--stack", "dev", *PACK)
    finally:
        space.in_sandbox("wipe")
    assert broken_rules(done.text) == set(SAID_OF[program].split()) & MANDATORY, done.text
    assert done.code != 0
