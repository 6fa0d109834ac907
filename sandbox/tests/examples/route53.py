"""Route 53 hosted zones and records."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:route53/zone:Zone",
        {"name": "example.com", "comment": "c", "tags": TAGS},
        {"comment": "changed", **TAGGED},
        {"name": "example.org"},
    ),
    Example(
        "aws:route53/record:Record",
        {"zoneId": "${zone.zoneId}", "name": "www", "type": "A", "ttl": 60, "records": ["10.0.0.1"]},
        {"records": ["10.0.0.1", "10.0.0.2"]},
        {"type": "AAAA"},
    ),
]
