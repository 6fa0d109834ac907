"""Task definitions that ECS takes, and beside each one that it refuses."""

from __future__ import annotations

DEFINE = ("ecs", "RegisterTaskDefinition")


def a_container(name="app", **changes):
    return {"name": name, "image": "shop:1", "memory": 64, **changes}


def defined(*containers, **changes):
    return {"family": "shop", "containerDefinitions": list(containers) or [a_container()], **changes}


def after(condition, name="init", **other):
    """An app that waits for another container."""
    dependency = {"containerName": name, "condition": condition}
    return defined(a_container(dependsOn=[dependency]), a_container("init", **{"essential": False, **other}))


def volume(**changes):
    return defined(volumes=[{"name": "data", **changes}])


def efs(**changes):
    return volume(efsVolumeConfiguration={"fileSystemId": "fs-1", **changes})


def linux(**changes):
    return defined(a_container(linuxParameters=changes))


def tmpfs(**changes):
    return linux(tmpfs=[{"containerPath": "/tmp", "size": 64, **changes}])


def mounted(*paths):
    mounts = [{"sourceVolume": "data", "containerPath": path} for path in paths]
    return defined(a_container(mountPoints=mounts), volumes=[{"name": "data"}])


def circle(first):
    return defined(
        a_container(dependsOn=[{"containerName": "b", "condition": "START"}]),
        a_container("b", dependsOn=[{"containerName": first, "condition": "START"}]),
        a_container("c"),
    )


def control(name, **more):
    return defined(a_container(systemControls=[{"namespace": name, "value": "1"}]), **more)


ACCESS = {"authorizationConfig": {"accessPointId": "fsap-1", "iam": "ENABLED"}, "transitEncryption": "ENABLED"}
SHARED = {"dockerVolumeConfiguration": {"autoprovision": True, "scope": "shared"}}

CASES = [
    (DEFINE, after("START"), after("START", name="none")),
    (DEFINE, after("SUCCESS"), after("SUCCESS", essential=True)),
    (DEFINE, after("COMPLETE"), after("COMPLETE", essential=True)),
    (DEFINE, after("HEALTHY", healthCheck={"command": ["CMD", "a"]}), after("HEALTHY")),
    (DEFINE, circle("c"), circle("app")),
    (DEFINE, circle("c"), circle("b")),
    (
        DEFINE,
        defined(a_container(cpu=100), a_container("b", cpu=156), cpu="256"),
        defined(a_container(cpu=100), a_container("b", cpu=157), cpu="256"),
    ),
    (DEFINE, defined(a_container(cpu=256), cpu="256"), defined(a_container(cpu=257), cpu="256")),
    (
        DEFINE,
        defined(a_container(), a_container("b", memory=100, memoryReservation=64), memory="128"),
        defined(a_container(), a_container("b", memory=65), memory="128"),
    ),
    (DEFINE, volume(host={"sourcePath": "/data"}), volume(host={"sourcePath": "/data"}, **SHARED)),
    (DEFINE, volume(configuredAtLaunch=True), volume(configuredAtLaunch=True, **SHARED)),
    (
        DEFINE,
        defined(volumes=[{"name": "a", "configuredAtLaunch": True}, {"name": "b"}]),
        defined(volumes=[{"name": "a", "configuredAtLaunch": True}, {"name": "b", "configuredAtLaunch": True}]),
    ),
    (DEFINE, defined(volumes=[{"name": "a"}, {"name": "b"}]), defined(volumes=[{"name": "a"}, {"name": "a"}])),
    (DEFINE, volume(), volume(name="a.b")),
    (DEFINE, efs(**ACCESS, rootDirectory="/"), efs(**ACCESS, rootDirectory="/data")),
    (DEFINE, efs(**ACCESS), efs(authorizationConfig={"iam": "ENABLED"})),
    (
        DEFINE,
        volume(**SHARED),
        volume(dockerVolumeConfiguration={"autoprovision": True, "scope": "task"}),
    ),
    (DEFINE, mounted("/a", "/b"), mounted("/a", "/a")),
    (DEFINE, mounted("/a"), mounted("a")),
    (
        DEFINE,
        defined(a_container(volumesFrom=[{"sourceContainer": "b"}]), a_container("b")),
        defined(a_container(volumesFrom=[{"sourceContainer": "app"}]), a_container("b")),
    ),
    (DEFINE, defined(a_container(links=["b"])), defined(a_container(links=["b"]), networkMode="awsvpc")),
    (DEFINE, control("net.core.somaxconn"), control("net.core.somaxconn", networkMode="host")),
    (DEFINE, control("kernel.sem"), control("vm.swappiness")),
    (
        DEFINE,
        defined(a_container(ulimits=[{"name": "nofile", "softLimit": 9, "hardLimit": 9}])),
        defined(a_container(ulimits=[{"name": "nofile", "softLimit": 10, "hardLimit": 9}])),
    ),
    (DEFINE, tmpfs(mountOptions=["rw", "mode=1777"]), tmpfs(mountOptions=["fast"])),
    (DEFINE, tmpfs(size=1), tmpfs(size=0)),
    (DEFINE, linux(swappiness=100), linux(swappiness=101)),
    (DEFINE, linux(capabilities={"drop": ["ALL"]}), linux(capabilities={"add": ["CAP_NET_RAW"]})),
    (
        DEFINE,
        defined(a_container(restartPolicy={"enabled": True, "restartAttemptPeriod": 60})),
        defined(a_container(restartPolicy={"enabled": True, "restartAttemptPeriod": 59})),
    ),
    (
        DEFINE,
        defined(a_container(restartPolicy={"enabled": True, "ignoredExitCodes": [1] * 50})),
        defined(a_container(restartPolicy={"enabled": True, "ignoredExitCodes": [1] * 51})),
    ),
    (("ecs", "RunTask"), {"count": 10}, {"count": 11}),
]
