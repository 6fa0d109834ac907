"""IAM roles, their policies, managed policies and instance profiles."""

from __future__ import annotations

from sandbox.tests.example import TAGGED, TAGS, Example, document, trust

EXAMPLES = [
    Example(
        "aws:iam/role:Role",
        {
            "assumeRolePolicy": trust("ec2"),
            "managedPolicyArns": ["${policy.arn}"],
            "permissionsBoundary": "${policy.arn}",
            "inlinePolicies": [{"name": "one", "policy": document(Action="s3:Get*", Resource="*")}],
            "tags": TAGS,
        },
        {
            "assumeRolePolicy": trust("lambda"),
            "description": "changed",
            "managedPolicyArns": [],
            "inlinePolicies": [],
            **TAGGED,
        },
        {"name": "another"},
    ),
    Example(
        "aws:iam/rolePolicy:RolePolicy",
        {"role": "${role.name}", "policy": document(Action="s3:Get*", Resource="*")},
        {"policy": document(Action="s3:List*", Resource="*")},
        {"role": "${other_role.name}"},
    ),
    Example(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        {"role": "${role.name}", "policyArn": "${policy.arn}"},
        {},
        {"role": "${other_role.name}"},
    ),
    Example(
        "aws:iam/instanceProfile:InstanceProfile",
        {"role": "${role.name}", "tags": TAGS},
        {"role": "${other_role.name}", **TAGGED},
        {"path": "/another/"},
    ),
    Example(
        "aws:iam/policy:Policy",
        {"policy": document(Action="s3:Get*", Resource="*"), "tags": TAGS},
        {"policy": document(Action="s3:List*", Resource="*"), **TAGGED},
        {"description": "another"},
    ),
]
