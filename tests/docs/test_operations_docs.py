"""The page of the runbooks and the alarms of the program belong together."""

import re
import runpy

import pulumi_aws as aws
import pytest

from infra.environment import Settings
from infra.services.daemon import Daemon
from infra.services.network_load_balancer import NetworkLoadBalancer, NetworkLoadBalancerArgs
from infra.services.scheduled_task import ScheduledTask
from infra.services.service import Service
from infra.services.work_queue import WorkQueue, WorkQueueArgs
from lambdas.instances import actions
from tests.docs.pages import anchors_in, prose_of
from tests.support.application import a_daemon, a_platform, a_scheduled_task, a_service
from tests.support.graph import graph_of
from tests.support.ports import a_port
from tests.support.shop import running_what_was_deployed, shop
from tests.support.stack_files import ROOT, config_of, stacks
from tests.support.watched import scales

PAGE = "docs/operations.md"
TEXT = (ROOT / PAGE).read_text()
PROSE = prose_of(PAGE)
LINK = re.compile(rf" (?:Severity: (?:page|ticket)|It tells nobody)\. Runbook: (?:https://\S+/)?{PAGE}#([\w-]+)$")


def runbooks() -> list[str]:
    return anchors_in(PROSE.split("\n# Runbooks\n")[1])


def balanced() -> None:
    edge = NetworkLoadBalancer("edge", NetworkLoadBalancerArgs(platform=a_platform()))
    Service("broker", a_service(ports=[a_port(balancer=edge)]))


def linked() -> dict[str, str]:
    """Alarm → anchor in its description, for every stack file, for the example, a job and a daemon."""
    found = {}
    graphs = {
        stack: graph_of(lambda: runpy.run_path(str(ROOT / "__main__.py")), config=config_of(stack))
        for stack in stacks()
    }
    queue = graph_of(lambda: WorkQueue("orders", WorkQueueArgs(platform=a_platform())))
    daemon = graph_of(lambda: Daemon("agent", a_daemon()), preview=True)
    ports = graph_of(balanced, lookups={"aws:ecs/getService:getService": running_what_was_deployed})
    job = graph_of(lambda: ScheduledTask("report", a_scheduled_task()))
    more = {"shop": shop(), "queue": queue, "job": job, "ports": ports, "daemon": daemon}
    for stack, graph in {**graphs, **more}.items():
        for alarm in graph.of(aws.cloudwatch.MetricAlarm):
            if scales(graph, alarm):
                continue
            link = LINK.search(alarm["alarmDescription"])
            found[f"{stack} {alarm.name}"] = link[1] if link else ""
    return found


def test_every_alarm_links_a_runbook_that_exists():
    alarms = linked()
    assert alarms
    assert {name: link for name, link in alarms.items() if link not in runbooks()} == {}


def test_every_runbook_belongs_to_an_alarm():
    assert set(runbooks()) - set(linked().values()) == set()
    assert len(runbooks()) == len(set(runbooks()))


def test_every_runbook_says_what_it_means_where_to_look_and_what_to_do():
    for part in PROSE.split("\n# Runbooks\n")[1].split("\n## ")[1:]:
        assert re.findall(r"^\*\*([\w ]+)\*\*:", part, re.MULTILINE) == ["Means", "Look at", "Do"], part


def test_every_setting_that_the_page_names_exists():
    sections = Settings.model_json_schema()
    for section, field in set(re.findall(r"`([a-z][A-Za-z]*)\.([a-z][A-Za-z]*)[`:]", PROSE)):
        reference = sections["properties"][section]
        name = (reference.get("$ref") or reference["allOf"][0]["$ref"]).rpartition("/")[2]
        assert field in sections["$defs"][name]["properties"], f"{section}.{field}"


@pytest.mark.parametrize("action", actions.Action.__args__)
def test_every_action_of_the_log_is_explained(action):
    assert f"| `{action.__name__}` |" in TEXT


def test_the_command_that_pauses_writes_the_parameter_that_is_read():
    graph = graph_of(lambda: runpy.run_path(str(ROOT / "__main__.py")), config=config_of("dev"))
    parameter = graph.one(aws.ssm.Parameter, "ecs-dev-kill-switch")
    named = set(re.findall(r"put-parameter --name (\S+) --value (\w+) --overwrite", TEXT))
    assert named == {(parameter["name"], "paused"), (parameter["name"], "running")}


def commands() -> str:
    """All that the page says to type, a command in a line."""
    return "\n".join(re.findall(r"^```shell\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)).replace("\\\n", " ")


def test_no_command_needs_the_date_of_gnu():
    assert re.findall(r"date [^)]*(?:-d|--date|-v)\b[^)]*", commands()) == []


def test_no_command_takes_the_items_of_a_list_as_arguments_which_fails_where_the_list_is_empty():
    inside = re.findall(r"(?m)^(?!\w+=)[^\n]*\$\(\s*aws \w+ list-[^\n]*", commands())
    assert inside == []
    assert re.findall(r"xargs (?!-r )[^\n]*", commands()) == []


def test_the_page_says_which_aws_cli_and_sets_the_region_for_it_and_for_the_older_sdks():
    assert "AWS CLI 2" in TEXT
    (line,) = re.findall(r"^export (.*)$", commands(), re.MULTILINE)
    assert re.fullmatch(r"AWS_REGION=(\S+) AWS_DEFAULT_REGION=\1", line)
