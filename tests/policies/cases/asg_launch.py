from __future__ import annotations

from ecs_operations.facts import tokens
from ecs_operations.facts.hooks import LAUNCHING
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import DROP, a, bad, good, other, unknown
from tests.policies.cases.hooked import GROUP, HOSTS, PLAIN, hook, initial, undecided

TEMPLATE, CONTINUES = "asg-launch-template", "asg-launch-hook-continues"
ABANDONS = [{"name": "ready", "lifecycleTransition": LAUNCHING, "defaultResult": "ABANDON"}]

CASES = (
    good(TEMPLATE, "a template", a(tokens.GROUP, launchTemplate={"id": UNKNOWN, "version": "1"})),
    bad(TEMPLATE, "a configuration", "launch configuration", a(tokens.GROUP, launchConfiguration="web-1")),
    unknown(TEMPLATE, "the template", a(tokens.GROUP, launchTemplate=UNKNOWN)),
    other(TEMPLATE, "no group", HOSTS),
    good(CONTINUES, "a hook", GROUP, hook(lifecycleTransition=LAUNCHING)),
    good(CONTINUES, "a hook of the group", initial(LAUNCHING)),
    good(CONTINUES, "a hook that sets the first one right", initial(LAUNCHING, defaultResult="ABANDON"),
         hook(lifecycleTransition=LAUNCHING)),
    bad(CONTINUES, "a hook that abandons", "its hook drain (ABANDON)",
        GROUP, hook(lifecycleTransition=LAUNCHING, defaultResult="ABANDON")),
    bad(CONTINUES, "a silent hook", "its hook drain (ABANDON)",
        GROUP, hook(lifecycleTransition=LAUNCHING, defaultResult=DROP)),
    bad(CONTINUES, "a hook of the group that abandons", "(ABANDON)", initial(LAUNCHING, defaultResult="ABANDON")),
    unknown(CONTINUES, "the result", GROUP, hook(lifecycleTransition=LAUNCHING, defaultResult=UNKNOWN)),
    unknown(CONTINUES, "whether it is one of ECS", undecided(initialLifecycleHooks=ABANDONS), HOSTS),
    other(CONTINUES, "a group of web servers", a(tokens.GROUP, initialLifecycleHooks=ABANDONS)),
    other(CONTINUES, "a terminating hook", GROUP, hook(defaultResult="ABANDON")),
    other(CONTINUES, "no hook", PLAIN),
)  # fmt: skip
