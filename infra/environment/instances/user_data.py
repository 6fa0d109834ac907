"""What an instance does when it starts: configure the ECS agent, then the CloudWatch agent."""

from __future__ import annotations

import json
from dataclasses import dataclass

from lambdas.cluster import metrics

METRICS_INTERVAL_S = 60
"""Seconds between two measurements; alarms look at minutes."""

RESERVED_MEMORY_MIB = 256
"""Memory that ECS keeps from tasks for the ECS, CloudWatch and SSM agents and the kernel (ECS developer guide,
"Reserving Amazon ECS Linux container instance memory", asks for some, so that system processes and tasks do not
compete; the agents take about 150 MiB)."""

CONNECTIONS_REFUSED = "conntrack_allowance_exceeded"
"""Packets that were dropped because the instance tracks no more connections (CloudWatch user guide, "Collect network
performance metrics"); CloudWatch has it with `ethtool_` before it."""

HOST_LOGS = {
    "ecs-agent": "/var/log/ecs/ecs-agent.log",
    "ecs-init": "/var/log/ecs/ecs-init.log",
    "user-data": "/var/log/cloud-init-output.log",
    "audit": "/var/log/audit/audit.log",
}
"""Log stream suffix → file. AL2023 keeps the rest in its journal, which Session Manager reaches."""


def metric_namespace(cluster_name: str) -> str:
    """CloudWatch namespace of what the CloudWatch agents of a cluster measure; their role may publish to no other."""
    return f"{metrics.namespace(cluster_name)}/instances"


@dataclass(frozen=True, kw_only=True)
class UserData:
    """The inputs of an instance's start."""

    cluster_name: str
    log_group_name: str
    """Receives HOST_LOGS, one stream a file and instance."""
    spot_draining: bool = False
    """The agent sets a Spot instance to DRAINING when its two-minute notice comes."""

    def script(self) -> str:
        """The shell script. ECS starts after cloud-init, so the agent reads a complete configuration."""
        agent = "\n".join(f"{key}={value}" for key, value in self.agent_configuration().items())
        monitoring = json.dumps(self.monitoring_configuration(), indent=1)
        return _SCRIPT.format(agent=agent, monitoring=monitoring)

    def agent_configuration(self) -> dict[str, str]:
        """Variables of the ECS agent (ECS developer guide, "Amazon ECS container agent configuration")."""
        variables = {
            "ECS_CLUSTER": self.cluster_name,
            "ECS_AWSVPC_BLOCK_IMDS": "true",  # tasks shall not reach the instance's role
            "ECS_DISABLE_PRIVILEGED": "true",  # a privileged container is root on the instance
            "ECS_SELINUX_CAPABLE": "true",  # else ECS places no task with a security option, no-new-privileges too
            "ECS_RESERVED_MEMORY": str(RESERVED_MEMORY_MIB),
            "ECS_CONTAINER_INSTANCE_PROPAGATE_TAGS_FROM": "ec2_instance",
            "ECS_ENABLE_CONTAINER_METADATA": "true",
            "ECS_IMAGE_CLEANUP_INTERVAL": "30m",
            "ECS_IMAGE_MINIMUM_CLEANUP_AGE": "1h",
            "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION": "1h",  # default 3 h keeps dead containers on the disk
        }
        return variables | ({"ECS_ENABLE_SPOT_INSTANCE_DRAINING": "true"} if self.spot_draining else {})

    def monitoring_configuration(self) -> dict[str, object]:
        """The CloudWatch agent's configuration: memory and disk per group, and the host's logs."""
        return {
            "agent": {"metrics_collection_interval": METRICS_INTERVAL_S, "run_as_user": "root"},
            "metrics": {
                "namespace": metric_namespace(self.cluster_name),
                "append_dimensions": {
                    "AutoScalingGroupName": "${aws:AutoScalingGroupName}",
                    "InstanceId": "${aws:InstanceId}",
                },
                "aggregation_dimensions": [["AutoScalingGroupName"]],
                "metrics_collected": {
                    "mem": {"measurement": ["mem_used_percent"]},
                    "disk": {"measurement": ["used_percent"], "resources": ["/"], "drop_device": True},
                    "ethtool": {"interface_include": ["*"], "metrics_include": [CONNECTIONS_REFUSED]},
                },
            },
            "logs": {
                "logs_collected": {
                    "files": {
                        "collect_list": [
                            {
                                "file_path": path,
                                "log_group_name": self.log_group_name,
                                "log_stream_name": "{instance_id}/" + stream,
                            }
                            for stream, path in HOST_LOGS.items()
                        ]
                    }
                }
            },
        }


# The CloudWatch agent comes from AL2023's repositories, in S3. It is installed in the background: an instance without
# its metrics is worse than one with them, and better than one that never takes tasks.
_SCRIPT = """#!/bin/bash
set -u
cat > /etc/ecs/ecs.config <<'END'
{agent}
END
mkdir -p /opt/aws/amazon-cloudwatch-agent/etc
cat > /opt/aws/amazon-cloudwatch-agent/etc/platform.json <<'END'
{monitoring}
END
cat > /usr/local/sbin/start-monitoring <<'END'
#!/bin/bash
for attempt in 1 2 3 4 5; do
  dnf install -y -q amazon-cloudwatch-agent && break
  sleep $((attempt * 10))
done
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s \\
  -c file:/opt/aws/amazon-cloudwatch-agent/etc/platform.json
END
chmod 755 /usr/local/sbin/start-monitoring
systemd-run --unit=start-monitoring --no-block /usr/local/sbin/start-monitoring
"""
