from collections import Counter

from sandbox.emulator.scale_in import Spot, first_to_stop
from sandbox.tests.emulator.emulated_cluster import CLUSTER, client

MEMORY = [{"type": "binpack", "field": "memory"}]
ZONES = [{"type": "spread", "field": "attribute:ecs.availability-zone"}]


def test_the_fullest_zone_loses_a_task_first():
    spots = [Spot("1", "a"), Spot("2", "b"), Spot("3", "b"), Spot("4", "c")]
    assert first_to_stop(spots) in {1, 2}
    assert first_to_stop(spots, ZONES) in {1, 2}


def test_within_a_zone_chance_decides_and_the_same_tasks_give_the_same_answer():
    chosen = [first_to_stop([Spot(f"{run}-{i}", "a") for i in range(4)]) for run in range(60)]
    assert Counter(chosen).keys() == {0, 1, 2, 3}
    assert chosen == [first_to_stop([Spot(f"{run}-{i}", "a") for i in range(4)]) for run in range(60)]


def test_the_instance_with_the_most_left_loses_a_task_first_where_the_service_packs():
    spots = [Spot("1", "a", cpu=9, memory=100), Spot("2", "b", cpu=1, memory=300), Spot("3", "b", memory=200)]
    assert first_to_stop(spots, MEMORY) == 1
    assert first_to_stop(spots, [{"type": "binpack", "field": "cpu"}]) == 0
    assert first_to_stop([*spots, Spot("4", "a", memory=900), Spot("5", "a")], [*ZONES, *MEMORY]) == 3


def test_a_protected_task_stays_and_counts_where_it_stands():
    spots = [Spot("1", "a"), Spot("2", "b", protected=True), Spot("3", "b"), Spot("4", "c")]
    assert first_to_stop(spots) == 2
    assert first_to_stop([Spot("1", "a", protected=True)]) is None


def arns(land):
    return {task["taskArn"] for task in land.tasks()}


def test_raised_and_lowered_with_the_others_protected_a_count_moves_exactly_the_chosen_tasks(land):
    land.ecs.put_account_setting_default(name="awsvpcTrunking", value="enabled")
    land.create_group(1)
    land.emulator.advance(8)
    land.define(cpu=100, memory=128)
    land.serve(count=4)
    land.emulator.advance(8)
    land.auto_scaling.set_desired_capacity(AutoScalingGroupName=land.group()["AutoScalingGroupName"], DesiredCapacity=2)
    land.emulator.advance(8)
    full = land.tasks()[0]["containerInstanceArn"]
    before = arns(land)
    land.ecs.update_service(cluster=CLUSTER, service="shop", desiredCount=6)
    land.emulator.advance(8)
    gone = sorted(before)[:2]
    stay = sorted(arns(land) - set(gone))
    assert len(stay) == 4
    land.ecs.update_task_protection(cluster=CLUSTER, tasks=stay, protectionEnabled=True, expiresInMinutes=2)
    land.ecs.update_service(cluster=CLUSTER, service="shop", desiredCount=4)
    land.emulator.advance(10)
    assert arns(land) == set(stay)
    assert sum(task["containerInstanceArn"] == full for task in land.tasks()) == 2
    assert land.service()["deployments"][0]["rolloutState"] == "COMPLETED"
    assert len(land.service()["deployments"]) == 1


def test_the_tags_of_a_service_change_by_their_keys(land):
    land.define()
    land.serve(count=1, tags=[{"key": "team", "value": "web"}])
    arn = land.service()["serviceArn"]

    def tags():
        found = land.ecs.describe_services(cluster=CLUSTER, services=[arn], include=["TAGS"])["services"][0]["tags"]
        return {each["key"]: each["value"] for each in found}

    land.ecs.tag_resource(resourceArn=arn, tags=[{"key": "ecs-platform:move", "value": "raised before:2"}])
    land.ecs.tag_resource(resourceArn=arn, tags=[{"key": "ecs-platform:move", "value": "ended"}])
    assert tags() == {"team": "web", "ecs-platform:move": "ended"}
    assert "tags" not in land.service()
    land.ecs.untag_resource(resourceArn=arn, tagKeys=["ecs-platform:move"])
    assert tags() == {"team": "web"}


def test_the_targets_and_the_bounds_of_a_service_can_be_read(land):
    elb, scaling = client("elbv2"), client("application-autoscaling")
    vpc = land.ec2.describe_subnets(SubnetIds=land.subnets[:1])["Subnets"][0]["VpcId"]
    group = elb.create_target_group(Name="shop", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
    arn = group["TargetGroups"][0]["TargetGroupArn"]
    balancer = elb.create_load_balancer(Name="front", Subnets=land.subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    action = {"Type": "forward", "TargetGroupArn": arn}
    elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[action])
    land.create_group(1)
    land.emulator.advance(8)
    land.ecs.register_task_definition(
        family="shop",
        networkMode="awsvpc",
        containerDefinitions=[
            {"name": "app", "image": "shop:1", "cpu": 64, "memory": 64, "portMappings": [{"containerPort": 80}]}
        ],
    )
    land.serve(count=2, loadBalancers=[{"targetGroupArn": arn, "containerName": "app", "containerPort": 80}])
    land.emulator.advance(8)
    health = elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    addresses = {
        detail["value"]
        for task in land.tasks()
        for detail in task["attachments"][0]["details"]
        if detail["name"] == "privateIPv4Address"
    }
    assert {each["Target"]["Id"] for each in health} == addresses
    assert [each["TargetHealth"]["State"] for each in health] == ["healthy"] * 2
    bounds = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
    scaling.register_scalable_target(**bounds, ResourceId=f"service/{CLUSTER}/shop", MinCapacity=2, MaxCapacity=9)
    found = scaling.describe_scalable_targets(**bounds, ResourceIds=[f"service/{CLUSTER}/shop"])["ScalableTargets"]
    assert [(each["MinCapacity"], each["MaxCapacity"]) for each in found] == [(2, 9)]
