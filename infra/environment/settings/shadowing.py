"""Private namespaces that would hide public names in the VPC: a private zone answers for all names below its own."""

from __future__ import annotations

NEEDED = "amazonaws.com", "amazonaws.com.cn", "amazon.com", "aws", "compute.internal", "ec2.internal"
"""Domains in which instances and tasks look up names of AWS: its APIs, registries and package repositories, and their
own host names (VPC user guide, "DNS attributes for your VPC")."""


def shadowing_problem(namespace: str, domain: str | None) -> str | None:
    """What a namespace would hide, and what to do; None where it hides nothing."""
    for name in NEEDED:
        if _within(namespace, name) or _within(name, namespace):
            return f"{namespace} would hide names of AWS below {name} in the VPC; use a domain of your own"
    if domain and _within(domain, namespace):
        return (
            f"{namespace} would hide the public names of {domain} in the VPC; take another one, like internal.{domain}"
        )
    return None


def _within(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")
