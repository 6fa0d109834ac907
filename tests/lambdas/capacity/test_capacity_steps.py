"""How a run comes to its decision: the steps ask, the answers are read, and nothing is worked out twice."""

from dataclasses import replace

import pytest

from lambdas.capacity import plan as planning
from lambdas.capacity.plan import plan, propose
from lambdas.capacity.proposals import Act, Ask, Ec2States, ServiceHosts, TaskDefinitions, TasksOn
from lambdas.cluster.services import Constraint
from tests.lambdas.capacity.clusters import (
    NOW,
    a_definition,
    a_group,
    a_history,
    a_member,
    a_service,
    a_snapshot,
    an_instance,
    asked,
    decided,
    nothing_more,
    some_settings,
    tasks_on,
)

APART = Constraint(kind="distinctInstance")


def test_what_the_room_depends_on_is_asked_at_once():
    instances = [an_instance(0), an_instance(1, status="DRAINING", tasks=1), an_instance(7)]
    group = a_group([a_member(0), a_member(1), a_member(5, "Pending:Wait"), a_member(6, "Terminating:Wait")])
    service = a_service(desired=2, running=1, constraints=(APART,))
    snapshot = replace(a_snapshot(instances, [service], group=group), definitions={})
    assert propose(snapshot, some_settings(), NOW)[0] == Ask(
        questions=(
            TaskDefinitions(arns=frozenset({"td-web"})),
            Ec2States(instance_ids=frozenset({"i-5", "i-7"})),  # one to come, and one that no group knows
            ServiceHosts(services=frozenset({"web"})),
            TasksOn(container_instance_arns=("ci-1",)),
        )
    )


def test_a_cluster_of_which_everything_is_known_asks_nothing():
    assert asked(a_snapshot([an_instance(0)], [a_service(running=1)])) == []


def test_however_much_a_scale_in_asks_the_cluster_is_assessed_once(monkeypatch):
    made = []

    def assess(*given):
        made.append(given)
        return original(*given)

    original = planning.assess
    monkeypatch.setattr(planning, "assess", assess)
    instances = [an_instance(number, cpu=1536, memory=7000, tasks=1) for number in range(4)]
    read = {each.arn: tasks_on(each, web=1) for each in instances}
    snapshot = a_snapshot(instances, [a_service(desired=4, running=4)])
    rounds = []

    def answer(seen, questions):
        rounds.append(questions)
        return replace(nothing_more(seen, questions), surplus=a_history(), tasks=read if len(rounds) > 1 else {})

    found = plan(snapshot, some_settings(), NOW, answer)
    assert isinstance(found.proposal, Act)
    assert (len(rounds), len(made)) == (3, 1)  # the history, the tasks, their protection


def test_a_definition_that_only_old_tasks_have_changes_no_assessment():
    snapshot = a_snapshot([an_instance(0)], [a_service(running=1)])
    before = planning.assess(snapshot, snapshot.groups[0], some_settings(), NOW)
    old = a_definition("old", cpu=2048)
    more = replace(snapshot, definitions={**snapshot.definitions, old.arn: old})
    known = before.of(more)
    assert known is not None
    assert known.snapshot is more
    assert before.of(replace(snapshot, definitions={**snapshot.definitions, "td-web": a_definition(cpu=9)})) is None


def test_an_answer_that_changes_the_room_is_assessed_afresh():
    instances = [an_instance(number, cpu=1536, memory=7000, tasks=1) for number in range(3)]
    service = a_service(desired=3, running=3, constraints=(APART,))
    tasks = {each.arn: tasks_on(each, web=1) for each in instances}
    snapshot = a_snapshot(instances, [service], surplus=a_history(), tasks=tasks)
    everywhere = replace(snapshot, hosts={"web": frozenset(tasks)})

    def answer(seen, questions):
        return nothing_more(replace(seen, hosts=everywhere.hosts), questions)

    late = plan(snapshot, some_settings(), NOW, answer)
    assert late.proposal.reason is decided(everywhere).reason
    assert all("web" in room.holds for room in late.assessment.supply.ready)


def test_an_answer_that_answers_nothing_ends_the_run():
    with pytest.raises(RuntimeError, match="10 rounds of questions did not end"):
        plan(a_snapshot(group=a_group([a_member(1)])), some_settings(), NOW, lambda seen, _: seen)
