"""Certificates and their validation."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example

EXAMPLES = [
    Example(
        "aws:acm/certificate:Certificate",
        {"domainName": "a.example.com", "validationMethod": "DNS", "tags": TAGS},
        TAGGED,
        {"domainName": "b.example.com"},
    ),
    Example(
        "aws:acm/certificateValidation:CertificateValidation",
        {"certificateArn": "${certificate.arn}"},
        {},
        {"certificateArn": "another"},
        stays=True,
    ),
    Example(
        "aws:acm/certificate:Certificate",
        {"domainName": "*.c.example.com", "subjectAlternativeNames": ["c.example.com"], "validationMethod": "DNS"},
        TAGGED,
        {"subjectAlternativeNames": ["d.example.com"]},
    ),
]
