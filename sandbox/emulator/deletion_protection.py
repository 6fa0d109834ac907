"""What is protected against deletion stays: load balancers and log groups, which moto deletes all the same."""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend
from moto.logs.models import LogsBackend
from moto.logs.responses import LogsResponse

from .patches import Replacement

_moto_delete_balancer = ELBv2Backend.delete_load_balancer
_moto_delete_log_group = LogsBackend.delete_log_group


def delete_load_balancer(backend: Any, arn: str) -> Any:
    """DeleteLoadBalancer: refused while its deletion protection is on (Elastic Load Balancing API reference)."""
    balancer: Any = backend.load_balancers.get(arn)
    if balancer is not None and str(balancer.attrs.get("deletion_protection.enabled")).lower() == "true":
        text = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        raise ELBClientError("OperationNotPermitted", text)
    return _moto_delete_balancer(backend, arn)


def put_log_group_deletion_protection(self: Any) -> str:
    """PutLogGroupDeletionProtection."""
    name = str(self._get_param("logGroupIdentifier")).rpartition(":log-group:")[2].removesuffix(":*")
    group: Any = self.logs_backend.groups.get(name)
    if group is None:
        raise JsonRESTError("ResourceNotFoundException", "The specified log group does not exist.")
    group.deletion_protected = bool(self._get_param("deletionProtectionEnabled"))
    return ""


def delete_log_group(backend: Any, log_group_name: str) -> Any:
    """DeleteLogGroup: refused while its deletion protection is on (CloudWatch Logs API reference)."""
    if getattr(backend.groups.get(log_group_name), "deletion_protected", False):
        text = f"Log group {log_group_name} cannot be deleted because deletion protection is enabled."
        raise JsonRESTError("ValidationException", text)
    return _moto_delete_log_group(backend, log_group_name)


REPLACEMENTS: tuple[Replacement, ...] = (
    (ELBv2Backend, "delete_load_balancer", delete_load_balancer),
    (LogsBackend, "delete_log_group", delete_log_group),
    (LogsResponse, "put_log_group_deletion_protection", put_log_group_deletion_protection),
)
