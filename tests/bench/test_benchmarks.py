"""The benchmarks' programs and tables, on made-up numbers. No time is asserted anywhere."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import count
from types import SimpleNamespace

import psutil
import pytest

from bench import capacity as capacity_bench
from bench import environments, flat_program
from bench import pack as pack_bench
from bench import preview as preview_bench
from bench import storm as storm_bench
from bench.page import table, with_section
from bench.preview import Cost
from ecs_operations import RULES
from tools.sandboxed import Done, resident_mib

VPC = "urn:pulumi:b::p::x$aws:ec2/vpc:Vpc::main"
SUBNET = "urn:pulumi:b::p::x$aws:ec2/subnet:Subnet::private"
PREVIEW = "warning: something\n" + json.dumps(
    {
        "steps": [
            {"newState": {"urn": "urn:pulumi:b::p::x::top", "type": "x", "custom": False}},
            {
                "newState": {
                    "urn": SUBNET, "type": "aws:ec2/subnet:Subnet", "custom": True,
                    "inputs": {"vpcId": flat_program.UNKNOWN, "cidrBlock": "10.0.0.0/24", "tagsAll": {"a": "b"}},
                    "propertyDependencies": {"vpcId": [VPC], "cidrBlock": None},
                }
            },
            {
                "newState": {
                    "urn": "urn:pulumi:b::p::pulumi:providers:aws::aws", "type": "pulumi:providers:aws",
                    "custom": True, "inputs": {"region": "eu-central-1", "defaultTags": '{"tags": {"a": "b"}}'},
                }
            },
            {
                "newState": {
                    "urn": VPC, "type": "aws:ec2/vpc:Vpc", "custom": True,
                    "inputs": {"__defaults": [], "cidrBlock": "10.0.0.0/16", "tags": {"Name": "main"}},
                }
            },
        ]
    },
    indent=1,
)  # fmt: skip


def test_a_table_has_a_row_for_each_and_rounds():
    assert table(["A", "B"], [["x", 1.256], ["y", 2]]) == "| A | B |\n| --- | --- |\n| x | 1.26 |\n| y | 2 |\n"


def test_a_section_replaces_its_predecessor_and_leaves_the_others():
    page = with_section(with_section("", "One", "1"), "Two", "2")
    assert with_section(page, "One", "3").endswith("## One\n\n3\n\n## Two\n\n2\n")
    assert with_section(page, "Two", "4").endswith("## One\n\n1\n\n## Two\n\n4\n")


def test_the_page_of_the_previews_holds_the_ratios():
    costs = {
        (1, "components", False): Cost(resources=97, seconds=6.0, peak_mib=300),
        (1, "flat", False): Cost(resources=82, seconds=4.0, peak_mib=200),
    }
    assert "| 1× | no | 97 | 82 | 6.00 | 4.00 | 1.50 | 300 | 200 | 1.50 |" in preview_bench.page(costs)


def test_the_page_of_the_previews_names_the_sizes_that_were_measured():
    cost = Cost(resources=97, seconds=6.0, peak_mib=300)

    def said(*sizes: int) -> str:
        costs = {(size, kind, False): cost for size in sizes for kind in preview_bench.KINDS}
        return preview_bench.page(costs).partition(" in one stack")[0]

    assert said(5) == "`pulumi preview` of 5 environments"
    assert said(20, 1, 5) == "`pulumi preview` of 1, 5 and 20 environments"


@pytest.mark.parametrize("argument", ["many", "0", "-1"])
def test_a_size_that_is_no_number_of_environments_is_refused_before_anything_runs(argument, capsys):
    assert preview_bench.main(["1", argument]) == 2
    assert capsys.readouterr().err.startswith(f"error: {argument}: sizes are numbers of environments")


def test_a_run_of_the_capacity_controller_costs_calls_per_page_and_the_templates_two_per_instance():
    row = capacity_bench.measured(101, 11)
    # Two pages and descriptions of instances, one page and two descriptions of services; switch, group, refreshes and
    # metrics; nothing of it may go, so its history is not asked for.
    assert (row.ours.calls, row.first.calls - row.ours.calls) == (4 + 3 + 4, 11)
    assert row.templates.calls == 2 * 101 + 1
    assert "| 101 | 11 | 22 | 11 | 203 | 18.45 |" in capacity_bench.page([row])


def test_a_storm_is_played_to_its_end_and_the_same_each_time():
    row = storm_bench.played(3, True, minutes=2)
    assert (len(row.told_s), len(row.released_s), row.throttled) == (3, 3, 0)
    assert row == storm_bench.played(3, True, minutes=2)


def test_the_page_of_the_storms_holds_when_half_and_all_were_done_and_says_what_never_was():
    row = storm_bench.Row(4, False, passes=9, calls=1234, throttled=5, told_s=(4, 1, 3, 2), released_s=(8.26, 7))
    assert "| 4 | all lost | 9 | 1,234 | 5 | 2.0 | 4.0 | 8.3 | never |" in storm_bench.page([row])


def test_the_page_of_the_pack_holds_the_ratio_and_the_slowest_rules():
    cost = {100: (Cost(resources=101, seconds=4.0, peak_mib=300), Cost(resources=101, seconds=6.0, peak_mib=360))}
    page = pack_bench.page(cost, {100: {"quick": 0.001, "slow": 0.5}})
    assert "| 100 | 4.00 | 6.00 | 1.50 | 60 |" in page
    assert page.index("| slow | 500.0 |") < page.index("| quick | 1.0 |") < page.index("| all | 501 |")


def test_the_median_of_the_runs_counts():
    runs = [Done(code=0, text="    + 7 to create", seconds=s, peak_mib=m) for s, m in ((9, 1), (2, 5), (3, 3))]
    assert preview_bench.median(runs) == Cost(resources=7, seconds=3, peak_mib=3)


def test_every_rule_is_timed_over_the_resources():
    ticks = count()
    found = pack_bench.times(pack_bench.repeated(flat_program.recorded(PREVIEW), 5), clock=lambda: float(next(ticks)))
    assert found == {rule.id: 1.0 for rule in RULES}


class Process:
    """What psutil tells of a process that holds so many MiB and started others."""

    def __init__(self, mib: float, *started: Process, ended: bool = False) -> None:
        self.mib, self.started, self.ended = mib, started, ended

    def memory_info(self):
        if self.ended:
            raise psutil.NoSuchProcess(1)
        return SimpleNamespace(rss=self.mib * 2**20)

    def children(self, *, recursive: bool):
        assert recursive
        return [one for child in self.started for one in (child, *child.children(recursive=True))]


def test_the_memory_of_a_process_is_that_of_its_whole_tree(monkeypatch):
    tree = Process(100, Process(20, Process(3)), Process(7))
    monkeypatch.setattr(psutil, "Process", {10: tree}.__getitem__)
    assert resident_mib(10) == 130


def test_a_process_that_ends_while_it_is_measured_counts_no_more(monkeypatch):
    tree = Process(100, Process(20, ended=True))
    monkeypatch.setattr(psutil, "Process", {10: tree}.__getitem__)
    assert resident_mib(10) == 100


def test_a_process_that_ended_before_it_was_measured_holds_nothing(monkeypatch):
    def gone(pid: int):
        raise psutil.NoSuchProcess(pid)

    monkeypatch.setattr(psutil, "Process", gone)
    assert resident_mib(10) == 0


def test_the_memory_of_a_real_process_with_a_child_is_more_than_its_own():
    sleep = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1, flush=True); input()'])"
    with subprocess.Popen([sys.executable, "-c", sleep], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()  # the child runs
        assert resident_mib(process.pid) > psutil.Process(process.pid).memory_info().rss / 2**20 > 0
        process.communicate(b"\n")


def test_what_others_are_made_from_comes_first():
    assert [one.name for one in flat_program.recorded(PREVIEW)] == ["main", "private", "aws"]


def test_the_flat_program_makes_as_many_resources_as_wanted_with_their_links():
    source = flat_program.program(flat_program.recorded(PREVIEW), 3)
    compile(source, "flat", "exec")
    made = [line for line in source.splitlines() if line.startswith("made[")]
    assert len(made) == 3
    assert (
        f"aws.ec2.Subnet('private-0', vpc_id=made['{VPC} 0'].id, cidr_block='10.0.0.0/24', opts=child_opts)" in made[1]
    )
    assert "aws.ec2.Vpc('main-1', cidr_block='10.0.0.0/16', tags={'Name': 'main'}, opts=child_opts)" in made[2]


def test_many_environments_share_one_provider_and_one_look_at_aws():
    source = environments.program(3)
    compile(source, "environments", "exec")
    assert "for number in range(3):\n" in source
    assert source.count("aws.Provider(") == source.count("AwsFacts.look_up(") == 1
