from __future__ import annotations

from dataclasses import replace

from ecs_operations.facts import tokens
from ecs_operations.facts.values import UNKNOWN
from tests.policies.cases.build import a, bad, good, other, unknown
from tests.policies.cases.hooked import GROUP, PLAIN

RULE, FIRST = "prod-protect", "prod-successor-first"
CLUSTER = a(tokens.CLUSTER)
TABLE, FILES = a(tokens.TABLE, "orders"), a(tokens.FILE_SYSTEM, "files")
NEEDED = [a(token) for token in (tokens.LOAD_BALANCER, tokens.TARGET_GROUP, tokens.NAT_GATEWAY, tokens.FUNCTION)]
CASES = (
    good(RULE, "a database that AWS protects", a(tokens.DATABASE, deletionProtection=True)),
    good(RULE, "a cluster that AWS protects", a(tokens.DATABASE_CLUSTER, deletionProtection=True)),
    good(RULE, "a table that AWS protects", a(tokens.TABLE, deletionProtectionEnabled=True)),
    good(RULE, "a table that Pulumi protects", replace(TABLE, protect=True)),
    good(RULE, "files that Pulumi protects", replace(FILES, protect=True)),
    good(RULE, "a bucket that has to be empty first", a(tokens.BUCKET)),
    good(RULE, "a repository that has to be empty first", a(tokens.REPOSITORY, forceDelete=False)),
    good(RULE, "a bucket of scraps that Pulumi protects", replace(a(tokens.BUCKET, forceDestroy=True), protect=True)),
    bad(RULE, "a database", "neither deletionProtection nor the option", a(tokens.DATABASE)),
    bad(RULE, "a cluster", "neither deletionProtection nor", a(tokens.DATABASE_CLUSTER, deletionProtection=False)),
    bad(RULE, "a table", "neither deletionProtectionEnabled nor the option", TABLE),
    bad(RULE, "files", "it lacks the option protect", FILES),
    bad(RULE, "a bucket that is emptied", "is emptied and deleted (forceDestroy", a(tokens.BUCKET, forceDestroy=True)),
    bad(
        RULE,
        "a repository that is emptied",
        "is emptied and deleted (forceDelete",
        a(tokens.REPOSITORY, forceDelete=True),
    ),
    good(RULE, "a cluster that Pulumi protects", replace(CLUSTER, protect=True)),
    good(RULE, "a group that Pulumi protects", replace(GROUP, protect=True)),
    good(RULE, "a network that Pulumi protects", replace(a(tokens.VPC), protect=True)),
    good(RULE, "a key that Pulumi protects", replace(a(tokens.KEY), protect=True)),
    bad(RULE, "a cluster of tasks", "with its services: it lacks the option protect", CLUSTER),
    bad(RULE, "a group", "with the tasks on its instances: it lacks", GROUP),
    bad(RULE, "a network", "with everything in it: it lacks", a(tokens.VPC)),
    bad(RULE, "a key", "with all that it encrypts: it lacks", a(tokens.KEY)),
    bad(RULE, "a bucket that is emptied, as text", "is emptied", a(tokens.BUCKET, forceDestroy="true")),
    unknown(RULE, "the protection", a(tokens.DATABASE, deletionProtection=UNKNOWN)),
    unknown(RULE, "the force", a(tokens.BUCKET, forceDestroy=UNKNOWN)),
    other(RULE, "what holds no data", a(tokens.SERVICE)),
    other(RULE, "a group of web servers", PLAIN),
    good(FIRST, "its successor first", GROUP, CLUSTER, a(tokens.SERVICE), *NEEDED),
    *(
        bad(FIRST, f"{one.type}", "deleted before its successor", replace(one, delete_before_replace=True))
        for one in NEEDED
    ),
    bad(FIRST, "a group", "deleted before its successor", replace(GROUP, delete_before_replace=True)),
    bad(FIRST, "a service", "deleted before its successor", replace(a(tokens.SERVICE), delete_before_replace=True)),
    unknown(FIRST, "all but the option", a(tokens.SERVICE, cluster=UNKNOWN)),
    other(FIRST, "what runs no task", replace(TABLE, delete_before_replace=True)),
)
