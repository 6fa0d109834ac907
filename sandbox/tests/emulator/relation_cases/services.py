"""Services that ECS takes, and beside each one that it refuses."""

from __future__ import annotations

CREATE = ("ecs", "CreateService")


def deployed(**settings):
    return {"serviceName": "a", "deploymentConfiguration": settings}


def daemon(**changes):
    return {"serviceName": "a", "schedulingStrategy": "DAEMON", **changes}


def canary(**settings):
    return deployed(strategy="CANARY", canaryConfiguration=settings)


def linear(**settings):
    return deployed(strategy="LINEAR", linearConfiguration=settings)


def hooked(**hook):
    return deployed(lifecycleHooks=[{"lifecycleStages": ["POST_SCALE_UP"], **hook}])


def balanced(number):
    return {"serviceName": "a", "loadBalancers": [{"containerName": "app"}] * number}


def volume(*volumes):
    return {"serviceName": "a", "volumeConfigurations": [{"name": "v", "managedEBSVolume": each} for each in volumes]}


SIZE = {"sizeInGiB": 1}

CASES = [
    (CREATE, daemon(), daemon(desiredCount=1)),
    (CREATE, daemon(), daemon(desiredCount=0)),
    (CREATE, daemon(placementStrategy=[]), daemon(placementStrategy=[{"type": "random"}])),
    (
        CREATE,
        daemon(availabilityZoneRebalancing="DISABLED"),
        daemon(availabilityZoneRebalancing="ENABLED"),
    ),
    (CREATE, daemon(launchType="EC2"), daemon(launchType="FARGATE")),
    (CREATE, daemon(deploymentController={"type": "ECS"}), daemon(deploymentController={"type": "CODE_DEPLOY"})),
    (
        CREATE,
        daemon(deploymentConfiguration={"minimumHealthyPercent": 0, "maximumPercent": 100}),
        daemon(deploymentConfiguration={"minimumHealthyPercent": 0, "maximumPercent": 200}),
    ),
    (CREATE, deployed(strategy="BLUE_GREEN", bakeTimeInMinutes=0), deployed(strategy="BLUE_GREEN")),
    (CREATE, canary(canaryPercent=0.1), deployed(canaryConfiguration={"canaryPercent": 10})),
    (CREATE, linear(stepPercent=3), deployed(strategy="CANARY", linearConfiguration={"stepPercent": 10})),
    (CREATE, hooked(targetType="PAUSE"), hooked(targetType="AWS_LAMBDA", hookTargetArn="arn")),
    (CREATE, canary(canaryPercent=33.3), canary(canaryPercent=33.33)),
    (CREATE, linear(stepPercent=100), linear(stepPercent=2.9)),
    (CREATE, canary(canaryBakeTimeInMinutes=1440), canary(canaryBakeTimeInMinutes=1441)),
    (CREATE, balanced(5), balanced(6)),
    (CREATE, volume(SIZE), volume({})),
    (CREATE, volume({**SIZE, "volumeType": "io2", "iops": 100}), volume({**SIZE, "volumeType": "io2"})),
    (CREATE, volume({**SIZE, "throughput": 200}), volume({**SIZE, "volumeType": "gp2", "throughput": 200})),
    (CREATE, volume(SIZE), volume(SIZE, SIZE)),
]
