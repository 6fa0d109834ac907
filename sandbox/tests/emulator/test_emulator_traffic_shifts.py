"""Blue and green: where the tasks register, how the weights move, what a failure undoes."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from sandbox.tests.emulator.emulated_cluster import CLUSTER, client

MINUTE = 60 * 0.1
"""Seconds of a minute of baking in these tests (`stop_scale`)."""


class Shop:
    """A service behind a rule with two target groups."""

    def __init__(self, land):
        self.land, self.elb = land, client("elbv2")
        vpc = land.ec2.describe_subnets(SubnetIds=land.subnets)["Subnets"][0]["VpcId"]
        self.blue, self.green = (
            self.elb.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")[
                "TargetGroups"
            ][0]["TargetGroupArn"]
            for name in ("blue", "green")
        )
        balancer = self.elb.create_load_balancer(Name="web", Subnets=land.subnets)["LoadBalancers"][0]
        self.listener = self.elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[self.forward()]
        )["Listeners"][0]["ListenerArn"]
        self.rule = self.elb.create_rule(
            ListenerArn=self.listener,
            Priority=1,
            Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}],
            Actions=[self.forward()],
        )["Rules"][0]["RuleArn"]

    def forward(self):
        groups = [{"TargetGroupArn": self.blue, "Weight": 100}, {"TargetGroupArn": self.green, "Weight": 0}]
        return {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}

    def define(self, **variables):
        container = {
            "name": "app",
            "image": "shop:1",
            "memory": 64,
            "portMappings": [{"containerPort": 80}],
            "environment": [{"name": name, "value": value} for name, value in variables.items()],
        }
        answer = self.land.ecs.register_task_definition(
            family="shop", networkMode="awsvpc", containerDefinitions=[container]
        )
        return answer["taskDefinition"]["taskDefinitionArn"]

    def serve(self, settings, **more):
        advanced = {"alternateTargetGroupArn": self.green, "productionListenerRule": self.rule, "roleArn": "arn"}
        balancer = {"containerName": "app", "containerPort": 80, "targetGroupArn": self.blue}
        balancers = [{**balancer, "advancedConfiguration": {**advanced, **more}}]
        self.define()
        self.land.serve(count=2, deploymentConfiguration=settings, loadBalancers=balancers)
        self.land.emulator.advance(8)

    def deploy(self, **variables):
        self.land.ecs.update_service(cluster=CLUSTER, service="shop", taskDefinition=self.define(**variables))

    def weights(self):
        actions = self.elb.describe_rules(RuleArns=[self.rule])["Rules"][0]["Actions"]
        held = {each["TargetGroupArn"]: each["Weight"] for each in actions[0]["ForwardConfig"]["TargetGroups"]}
        return held[self.blue], held[self.green]

    def targets(self):
        return tuple(
            len(self.elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"])
            for arn in (self.blue, self.green)
        )

    def deployment(self):
        brief = self.land.ecs.list_service_deployments(cluster=CLUSTER, service="shop")["serviceDeployments"][0]
        arns = [brief["serviceDeploymentArn"]]
        return self.land.ecs.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"][0]

    def seen(self, seconds):
        """The weights of green that were seen, each once, in their order."""
        found = []
        for _ in range(seconds):
            self.land.emulator.advance(1)
            found.append(self.weights()[1])
        return list(dict.fromkeys(found))


@pytest.fixture
def shop(land):
    land.ecs.put_account_setting_default(name="awsvpcTrunking", value="enabled")
    land.create_group(3)
    land.emulator.advance(8)
    return Shop(land)


BLUE_GREEN = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 2}


def test_a_first_deployment_serves_from_the_first_target_group(shop):
    shop.serve(BLUE_GREEN)
    assert (shop.targets(), shop.weights()) == ((2, 0), (100, 0))
    assert shop.deployment()["status"] == "SUCCESSFUL"


def test_green_starts_beside_blue_takes_all_traffic_and_bakes_before_blue_ends(shop):
    shop.serve(BLUE_GREEN)
    shop.deploy()
    shop.land.emulator.advance(3)
    assert (shop.targets(), shop.weights()) == ((2, 0), (100, 0))
    assert shop.deployment()["lifecycleStage"] == "SCALE_UP"
    shop.land.emulator.advance(6)
    assert (shop.targets(), shop.weights()) == ((2, 2), (0, 100))
    shown = shop.deployment()
    assert (shown["lifecycleStage"], shown["status"]) == ("BAKE_TIME", "IN_PROGRESS")
    assert shown["targetServiceRevision"]["requestedProductionTrafficWeight"] == 100
    assert shown["deploymentConfiguration"]["strategy"] == "BLUE_GREEN"
    shop.land.emulator.advance(round(2 * MINUTE) + 40)
    assert (shop.targets(), shop.weights()) == ((0, 2), (0, 100))
    assert shop.deployment()["status"] == "SUCCESSFUL"
    assert len(shop.land.service()["deployments"]) == 1


def test_the_next_deployment_goes_back_to_the_first_target_group(shop):
    shop.serve({**BLUE_GREEN, "bakeTimeInMinutes": 0})
    for expected in ((0, 2), (2, 0)):
        shop.deploy()
        shop.land.emulator.advance(60)
        assert shop.targets() == expected
    assert shop.weights() == (100, 0)


def test_a_canary_gets_its_share_and_then_everything(shop):
    canary = {"canaryPercent": 10, "canaryBakeTimeInMinutes": 1}
    shop.serve({"strategy": "CANARY", "canaryConfiguration": canary})
    shop.deploy()
    assert shop.seen(30) == [0, 10, 100]


def test_traffic_moves_in_equal_steps(shop):
    steps = {"stepPercent": 40, "stepBakeTimeInMinutes": 1}
    shop.serve({"strategy": "LINEAR", "linearConfiguration": steps})
    shop.deploy()
    assert shop.seen(40) == [0, 40, 80, 100]


def test_a_deployment_that_is_stopped_gives_the_traffic_back_to_tasks_that_still_run(shop):
    shop.serve({**BLUE_GREEN, "bakeTimeInMinutes": 60})
    blue = {task["taskArn"] for task in shop.land.tasks()}
    shop.deploy()
    shop.land.emulator.advance(12)
    assert shop.weights() == (0, 100)
    shop.land.ecs.stop_service_deployment(serviceDeploymentArn=shop.deployment()["serviceDeploymentArn"])
    assert shop.weights() == (100, 0)
    shop.land.emulator.advance(60)
    assert {task["taskArn"] for task in shop.land.tasks()} == blue
    assert shop.deployment()["status"] == "ROLLBACK_SUCCESSFUL"
    assert shop.targets() == (2, 0)


def test_green_that_never_runs_opens_the_circuit_breaker_and_blue_keeps_the_traffic(shop):
    shop.serve({**BLUE_GREEN, "deploymentCircuitBreaker": {"enable": True, "rollback": True}})
    shop.deploy(EMULATOR_RUNS_S="0", EMULATOR_EXIT_CODE="1")
    assert shop.seen(40) == [0]
    shown = shop.deployment()
    assert shown["status"] == "ROLLBACK_SUCCESSFUL"
    assert "circuit breaker threshold was exceeded" in shown["statusReason"]
    assert shop.targets() == (2, 0)


def test_the_listener_of_a_network_load_balancer_is_a_production_rule_too(shop):
    shop.serve({**BLUE_GREEN, "bakeTimeInMinutes": 0}, productionListenerRule=shop.listener)
    shop.deploy()
    shop.land.emulator.advance(40)
    listener = shop.elb.describe_listeners(ListenerArns=[shop.listener])["Listeners"][0]
    groups = listener["DefaultActions"][0]["ForwardConfig"]["TargetGroups"]
    assert {each["TargetGroupArn"]: each["Weight"] for each in groups} == {shop.blue: 0, shop.green: 100}


def test_what_a_service_names_has_to_be_there(shop):
    shop.define()
    right = {"containerName": "app", "containerPort": 80, "targetGroupArn": shop.blue}
    vpc = shop.land.ec2.describe_subnets(SubnetIds=shop.land.subnets)["Subnets"][0]["VpcId"]
    idle = shop.elb.create_target_group(Name="idle", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
    for wrong, sentence in (
        ({"containerName": "web"}, "The container web does not exist in the task definition"),
        ({"containerPort": 81}, "did not have a container port 81 defined"),
        ({"targetGroupArn": f"{shop.blue}0"}, "does not exist"),
        (
            {"targetGroupArn": idle["TargetGroups"][0]["TargetGroupArn"]},
            "does not have an associated load balancer",
        ),
    ):
        with pytest.raises(ClientError, match=sentence):
            shop.land.serve(loadBalancers=[{**right, **wrong}])
    with pytest.raises(ClientError, match="advancedConfiguration is required"):
        shop.land.serve(loadBalancers=[right], deploymentConfiguration=BLUE_GREEN)


def test_no_rule_is_shifted_that_does_more_than_forward(shop):
    fixed = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}]
    shop.elb.modify_rule(RuleArn=shop.rule, Actions=fixed)
    shop.elb.modify_listener(ListenerArn=shop.listener, DefaultActions=[shop.forward()])
    with pytest.raises(ClientError, match="must have forward actions only"):
        shop.serve(BLUE_GREEN)


def test_a_task_shows_the_volume_that_its_service_configures(land):
    land.create_group(1)
    land.emulator.advance(8)
    land.define(volumes=[{"name": "data", "configuredAtLaunch": True}])
    with pytest.raises(ClientError, match="configuredAtLaunch must have the same names: data"):
        land.serve()
    volume = {"name": "data", "managedEBSVolume": {"sizeInGiB": 10, "roleArn": "arn:aws:iam::123456789012:role/a"}}
    land.serve(count=1, volumeConfigurations=[volume])
    land.emulator.advance(8)
    (task,) = land.tasks()
    details = [each["details"] for each in task["attachments"] if each["type"] == "AmazonElasticBlockStorage"]
    assert {"name": "sizeInGiB", "value": "10"} in details[0]
