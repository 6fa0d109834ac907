"""S3 buckets and the configurations that belong to one bucket each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.refusal import is_gone
from sandbox.resource import Call, Entry, Naming, Step
from sandbox.steps import ID, among, op, prop, text, upsert


def _create(call: Call) -> str:
    name = str(call.get("bucket"))
    # S3 refuses its oldest Region as a location
    place = None if call.region == "us-east-1" else {"LocationConstraint": call.region}
    lock = call.new.get("objectLockEnabled")
    acl = call.new.get("acl")
    call.send("create_bucket", Bucket=name, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=lock, ACL=acl)
    return name


def _bucket(call: Call) -> Any:
    call.send("get_bucket_location", Bucket=call.id)
    try:
        tags = call.send("get_bucket_tagging", Bucket=call.id)["TagSet"]
    except Exception as error:
        if not is_gone(error):
            raise
        tags = []
    return {"bucket": call.id, "Tags": tags}


def _retag(call: Call) -> None:
    """S3 writes all tags at once."""
    if call.tags:
        pairs = [{"Key": key, "Value": value} for key, value in call.tags.items()]
        call.send("put_bucket_tagging", Bucket=call.id, Tagging={"TagSet": pairs})
    elif call.old.get("tagsAll"):
        call.send("delete_bucket_tagging", Bucket=call.id)


def _delete(call: Call) -> None:
    if call.get("forceDestroy"):
        client = call.clients.client("s3", call.region)
        for page in client.get_paginator("list_object_versions").paginate(Bucket=call.id):
            for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                client.delete_object(Bucket=call.id, Key=item["Key"], VersionId=item["VersionId"])
    call.send("delete_bucket", Bucket=call.id)


BUCKET: Final = Entry(
    service="s3",
    create=_create,
    read=_bucket,
    delete=_delete,
    settings={("tagsAll",): _retag},
    facts={
        "arn": text("arn:{partition}:s3:::{id}"),
        "bucketDomainName": text("{id}.s3.amazonaws.com"),
        "bucketRegionalDomainName": text("{id}.s3.{region}.amazonaws.com"),
        "bucketRegion": text("{region}"),
    },
    naming=Naming(property="bucket", longest=63, lower=True),
)


def _satellite(put: Step, get: Step, delete: Step, **more: Any) -> Entry:
    """A configuration of a bucket: its id is the bucket's name, and writing it again changes it."""
    return Entry(
        service="s3",
        create=upsert(put, prop("bucket")),
        read=get,
        delete=delete,
        update=put,
        replaces=among("bucket") | more.pop("replaces", frozenset()),
        facts={"bucket": lambda call, _found: call.id},
        **more,
    )


_BUCKET: Final = {"Bucket": ID}


POLICY: Final = _satellite(
    op("put_bucket_policy", Bucket=prop("bucket"), Policy=prop("policy")),
    op("get_bucket_policy", **_BUCKET),
    op("delete_bucket_policy", **_BUCKET),
)


PUBLIC_ACCESS_BLOCK: Final = _satellite(
    op(
        "put_public_access_block",
        Bucket=prop("bucket"),
        PublicAccessBlockConfiguration=lambda call: call.shaped(
            call.structure("PutPublicAccessBlock", "PublicAccessBlockConfiguration")
        ),
    ),
    op("get_public_access_block", "PublicAccessBlockConfiguration", **_BUCKET),
    op("delete_public_access_block", **_BUCKET),
)


def _lifecycle(call: Call) -> dict[str, Any]:
    found = call.shaped(call.structure("PutBucketLifecycleConfiguration", "LifecycleConfiguration"))
    for rule, given in zip(found["Rules"], call.new["rules"], strict=True):
        if "Prefix" not in rule and not rule.get("Filter"):
            rule["Filter"] = {"Prefix": ""}
        _tag_filter(rule.get("Filter", {}), given.get("filter") or {})
    return found


def _tag_filter(written: dict[str, Any], given: Mapping[str, Any]) -> None:
    if given.get("tag"):
        written["Tag"] = {"Key": given["tag"]["key"], "Value": given["tag"]["value"]}
    if (given.get("and") or {}).get("tags"):
        written["And"]["Tags"] = [{"Key": key, "Value": value} for key, value in given["and"]["tags"].items()]


LIFECYCLE: Final = _satellite(
    op("put_bucket_lifecycle_configuration", Bucket=prop("bucket"), LifecycleConfiguration=_lifecycle),
    op("get_bucket_lifecycle_configuration", **_BUCKET),
    op("delete_bucket_lifecycle", **_BUCKET),
    blind=among("transitionDefaultMinimumObjectSize"),
    local=among("timeouts"),
)


ENCRYPTION: Final = _satellite(
    op(
        "put_bucket_encryption",
        Bucket=prop("bucket"),
        ServerSideEncryptionConfiguration=lambda call: call.shaped(
            call.structure("PutBucketEncryption", "ServerSideEncryptionConfiguration")
        ),
    ),
    op("get_bucket_encryption", "ServerSideEncryptionConfiguration", **_BUCKET),
    op("delete_bucket_encryption", **_BUCKET),
)


def _versioning(call: Call) -> dict[str, Any]:
    found = call.shaped(
        call.structure("PutBucketVersioning", "VersioningConfiguration"), call.new["versioningConfiguration"]
    )
    return {key: value for key, value in found.items() if value != "Disabled"}


def _versioning_now(call: Call) -> Any:
    found = call.send("get_bucket_versioning", Bucket=call.id)
    return {"versioningConfiguration": {"status": found.get("Status", "Disabled"), "mfaDelete": found.get("MFADelete")}}


VERSIONING: Final = _satellite(
    op("put_bucket_versioning", Bucket=prop("bucket"), VersioningConfiguration=_versioning),
    _versioning_now,
    # S3 can only stop a versioning, not forget it
    op("put_bucket_versioning", **_BUCKET, VersioningConfiguration={"Status": "Suspended"}),
    local=among("mfa"),
)


OWNERSHIP: Final = _satellite(
    op(
        "put_bucket_ownership_controls",
        Bucket=prop("bucket"),
        OwnershipControls=lambda call: {"Rules": [{"ObjectOwnership": call.new["rule"]["objectOwnership"]}]},
    ),
    op("get_bucket_ownership_controls", "OwnershipControls", **_BUCKET),
    op("delete_bucket_ownership_controls", **_BUCKET),
    names={"rule": "Rules"},
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:s3/bucket:Bucket": BUCKET,
    "aws:s3/bucketPolicy:BucketPolicy": POLICY,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": PUBLIC_ACCESS_BLOCK,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": LIFECYCLE,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ENCRYPTION,
    "aws:s3/bucketVersioning:BucketVersioning": VERSIONING,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": OWNERSHIP,
}
