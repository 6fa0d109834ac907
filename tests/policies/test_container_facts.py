"""Tables and judgements about containers: tags, health commands, host paths, numbers as texts."""

import pytest

from ecs_operations.facts.capabilities import HARMLESS, plain_name
from ecs_operations.facts.health_commands import accepts_everything
from ecs_operations.facts.host_paths import opens_the_host
from ecs_operations.facts.image_tags import moves, tag_of
from ecs_operations.facts.quantities import number, size_in_bytes
from ecs_operations.facts.shapes import is_false, is_true

MOVING = [
    "prod", "production", "staging", "release", "v1", "1", "1.2", "lts", "nightly", "v1.2", "3.12-slim", "22.04",
    "16-alpine", "alpine", "bookworm-slim", "jdk17", "1.27-alpine3.19", "2024.11", "main",
]  # fmt: skip
FIXED = [
    "1.2.3", "v1.2.3", "1.4.2-alpine", "prod-1.2.3", "2024-01-31", "20240131", "release-2024-01-31", "a1b2c3d",
    "sha-a1b2c3d", "1234", "build-42", "b42", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "v1.2.3-rc.1",
    "main-a1b2c3d4", "v1.2-14-g2414721", "20241127.3", "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
]  # fmt: skip


@pytest.mark.parametrize("tag", ["", *MOVING])
def test_a_tag_moves(tag):
    assert moves(tag)


@pytest.mark.parametrize("tag", FIXED)
def test_a_tag_names_one_build(tag):
    assert not moves(tag)


def test_a_team_may_say_of_its_tags_what_they_do():
    assert moves("1.2.3", moving=["1.2.3"])
    assert not moves("blue", fixed=["bl.*"])


def test_the_tag_of_an_image_is_not_the_port_of_its_registry():
    assert tag_of("registry.example.com:5000/web") == ""
    assert tag_of("registry.example.com:5000/web:1.2@sha256:00") == "1.2"


@pytest.mark.parametrize(
    "command",
    [
        ["CMD-SHELL", "exit 0"], ["CMD", "true"], ["NONE"], [], ["CMD-SHELL", ""], ["CMD", "sh", "-c", "true"],
        ["CMD-SHELL", "curl -f http://x/ || true"], ["CMD-SHELL", "curl -f x || exit 0"],
        ["CMD-SHELL", "curl -f x; exit 0"],
        ["CMD-SHELL", "echo ok"], ["CMD-SHELL", "curl http://localhost/ || exit 1"], ["CMD", "curl", "-s", "http://x"],
        ["CMD-SHELL", "(curl -f x >/dev/null 2>&1 || true)"], ["CMD-SHELL", "[ 1 = 1 ]"],
        *(["CMD-SHELL", f"curl -f x{end}"] for end in (
            "; true", " & true", " &", " | cat", " | tee /tmp/log", " || :", "\ntrue", "; exit $((0))", "; exit 00")),
        ["CMD-SHELL", "! false"], ["CMD-SHELL", "if curl -f x; then :; fi"], ["CMD-SHELL", "{ curl -f x; true; }"],
        ["CMD-SHELL", "test -n 1"], ["CMD-SHELL", "[ 1 ]"], ["CMD-SHELL", "[[ 1 -lt 2 ]]"], ["CMD-SHELL", "test -d /"],
        ["CMD-SHELL", "[ -f /etc/passwd ]"], ["CMD-SHELL", "true # curl -f x"], ["CMD-SHELL", "timeout 5 true"],
        ["CMD-SHELL", "sh -c 'curl -f x; exit 0'"], ["CMD-SHELL", "exec true"], ["CMD-SHELL", "return 0"],
        ["CMD-SHELL", "ps aux | grep nginx"], ["CMD", "cat", "/etc/hostname"], ["CMD-SHELL", "ls /"],
    ],
)  # fmt: skip
def test_a_health_check_accepts_everything(command):
    assert accepts_everything(command)


@pytest.mark.parametrize(
    "command",
    [
        ["CMD-SHELL", "curl -f http://x/ || exit 1"], ["CMD", "curl", "-fsS", "http://x/"], ["CMD", "/app/health"],
        ["CMD-SHELL", "wget -q --spider http://x || exit 1"], ["CMD-SHELL", "pg_isready -U postgres"],
        ["CMD-SHELL", "test -f /tmp/x || exit 1; exit 0"], ["CMD-SHELL", "if curl -f x; then exit 0; else exit 1; fi"],
        ["CMD-SHELL", "set -o pipefail; curl -f x | cat"], ["CMD-SHELL", "sh -c 'curl -f x'"],
        ["CMD-SHELL", "if ! curl -f x; then exit 1; fi"], ["CMD-SHELL", "[ -S /tmp/app.sock ]"],
        ["CMD-SHELL", "kill -0 $(cat /tmp/pid)"], ["CMD-SHELL", "timeout 5 curl -f x"],
        ["CMD-SHELL", "! grep bad /tmp/x"],
        ["CMD-SHELL", "curl -s x | grep ok"], ["CMD-SHELL", "curl --silent --fail-with-body x || exit 1"],
        ["CMD", "sh", "-c", "curl -f x"], ["CMD-SHELL", "curl -f x && echo ok"],
        ["CMD", "cat", "/tmp/healthy"], ["CMD-SHELL", "test -f /tmp/healthy"], ["CMD-SHELL", "[ $(cat /tmp/x) = up ]"],
        ["CMD-SHELL", "curl -f x >/dev/null 2>&1 || exit 1"], ["CMD-SHELL", "set -e; curl -f x; echo ok"],
    ],
)  # fmt: skip
def test_a_health_check_fails_when_nothing_answers(command):
    assert not accepts_everything(command)


@pytest.mark.parametrize(
    "path", ["/", "/var/run/docker.sock", "//run//", "/etc", "/root", "/proc", "/var", "/a/../etc"]
)
def test_a_path_opens_the_host_even_when_it_is_only_read(path):
    assert opens_the_host(path, read_only=True)


@pytest.mark.parametrize("path", ["/usr/local/bin", "/sys", "/boot", "/etc/localtime"])
def test_a_path_opens_the_host_to_who_writes_it(path):
    assert opens_the_host(path, read_only=False)
    assert not opens_the_host(path, read_only=True)


@pytest.mark.parametrize("path", ["/mnt/data", "/srv", "/data", "/etcd", "/tmp/x"])
def test_a_path_holds_data(path):
    assert not opens_the_host(path, read_only=False)


def test_a_capability_has_one_name():
    assert {plain_name("CAP_SYS_ADMIN"), plain_name("sys_admin")} == {"SYS_ADMIN"}
    assert "NET_RAW" not in HARMLESS


def test_numbers_are_read_as_aws_writes_them():
    assert [number(given) for given in (512, "512", 512.0, "1 vCPU", "0.5 vCPU", "1 GB")] == [
        512,
        512,
        512,
        1024,
        512,
        1024,
    ]
    assert [number(given, 7) for given in (None, "many", True, "5 apples")] == [7, 7, 7, 7]
    assert [size_in_bytes(given) for given in ("25m", "1k", "4096", "1MB", "2mib")] == [
        26214400,
        1024,
        4096,
        2**20,
        2**21,
    ]


def test_flags_are_read_as_texts_too():
    assert [is_true(given) for given in (True, "true", "False", None, 0)] == [True, True, False, False, False]
    assert [is_false(given) for given in (False, "false", "DISABLED", None, True)] == [True, True, True, False, False]
