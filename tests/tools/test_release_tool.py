"""When a commit may become a release, and what the tool leaves behind."""

import subprocess

import pytest

from tests.support.stack_files import ROOT
from tools import release
from tools.release import Candidate, NotReadyError, candidate_in, next_steps, problems


def a_candidate(**changes) -> Candidate:
    values = {
        "versions": dict.fromkeys(("pyproject.toml", "policies/pyproject.toml", "policies/PulumiPolicy.yaml"), "1.2.0"),
        "dates": {"1.2.0": "2030-01-31", "1.1.0": "2029-12-01"},
        "changed": [],
        "tags": frozenset({"v1.1.0"}),
    }
    return Candidate(**values | changes)


def test_a_clean_commit_with_a_dated_section_and_a_new_version_can_be_released():
    assert list(problems(a_candidate())) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"changed": ["infra/a.py", "new.txt"]}, "infra/a.py, new.txt: not in the commit; commit or remove it"),
        (
            {"versions": {"pyproject.toml": "1.2.0", "policies/pyproject.toml": "1.1.0"}},
            "policies/pyproject.toml: says 1.1.0, and pyproject.toml 1.2.0; write the same version",
        ),
        ({"dates": {"1.1.0": "2029-12-01"}}, "CHANGELOG.md: has no section for 1.2.0; write one"),
        (
            {"dates": {"1.2.0": "unreleased"}},
            "CHANGELOG.md: the section of 1.2.0 says 'unreleased'; write the day, like 2030-01-31",
        ),
        ({"tags": frozenset({"v1.2.0"})}, "v1.2.0: the tag exists; a release never changes, raise the version"),
    ],
)
def test_what_is_in_the_way_is_said_with_what_to_do(changes, says):
    assert list(problems(a_candidate(**changes))) == [says]


def test_all_that_is_in_the_way_is_said_at_once():
    assert len(list(problems(a_candidate(changed=["a"], dates={}, tags=frozenset({"v1.2.0"}))))) == 3


def test_this_repository_is_read_as_it_stands():
    candidate = candidate_in(ROOT)
    assert set(candidate.versions.values()) == {candidate.version}
    assert candidate.version in candidate.dates


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository that can be released, whose wheels are pretended: building and trying them has tests of its own."""
    root = tmp_path / "repository"
    (root / "policies").mkdir(parents=True)
    for file in ("pyproject.toml", "policies/pyproject.toml"):
        (root / file).write_text('[project]\nversion = "1.2.0"\n')
    (root / "policies" / "PulumiPolicy.yaml").write_text("version: 1.2.0\n")
    (root / "CHANGELOG.md").write_text("# Changelog\n\n## [1.2.0] - 2030-01-31\n")
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "all")
    monkeypatch.setattr(release.wheels, "build", lambda folder: [folder / "a-1.2.0.whl"])
    monkeypatch.setattr(release, "tried", lambda built: "a 1.2.0")
    for kind in ("AUTHOR", "COMMITTER"):  # an annotated tag has an author
        monkeypatch.setenv(f"GIT_{kind}_NAME", "somebody")
        monkeypatch.setenv(f"GIT_{kind}_EMAIL", "somebody@example.com")
    return root


def git(root, *arguments) -> str:
    identity = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"]
    done = subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout


def test_a_release_tags_the_commit_and_says_what_to_do_next(repository):
    said = release.release(repository, dry_run=False)
    assert said == "tagged v1.2.0. Next:\n  git push origin v1.2.0\n  dist/a-1.2.0.whl  → your index"
    assert git(repository, "tag", "--points-at", "HEAD").split() == ["v1.2.0"]


def test_a_dry_run_leaves_no_tag(repository):
    assert "dry run" in release.release(repository, dry_run=True)
    assert git(repository, "tag", "--list") == ""


def test_a_file_that_is_not_committed_stops_the_release_before_anything_is_built(repository, monkeypatch):
    monkeypatch.setattr(release.wheels, "build", lambda folder: pytest.fail("built"))
    (repository / "new.txt").touch()
    with pytest.raises(NotReadyError, match=r"new\.txt: not in the commit"):
        release.release(repository, dry_run=False)


def test_wheels_that_do_not_work_leave_no_tag(repository, monkeypatch):
    def broken(built):
        raise subprocess.CalledProcessError(1, ["python"])

    monkeypatch.setattr(release, "tried", broken)
    with pytest.raises(subprocess.CalledProcessError):
        release.release(repository, dry_run=False)
    assert git(repository, "tag", "--list") == ""


def test_a_dry_run_names_no_upload():
    assert "dist/" not in next_steps(a_candidate(), ["a.whl"], dry_run=True)
