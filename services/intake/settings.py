"""What the operator may set about intake."""

from libs.web.environment import setting, settings


@settings
class IntakeSettings:
    """intake's own settings; those of every service are WebSettings and StoreSettings."""

    pepper: str = setting(
        "LOOPDESK_PEPPER",
        default="",
        meaning="This installation's secret in opaque references to customers and words; never change it.",
        secret=True,
    )
    tracking_secret: str = setting(
        "LOOPDESK_TRACKING_SECRET",
        default="",
        meaning="Signs the links by which customers follow their cases; without it there are no such links.",
        secret=True,
    )
    tracking_days: int = setting(
        "LOOPDESK_TRACKING_DAYS",
        default=30,
        meaning="How long after the end of her case a customer's link goes on; then it answers 410.",
        unit="days",
        at_least=1,
        at_most=36_500,
    )
    attachments: str = setting(
        "LOOPDESK_ATTACHMENTS",
        default="",
        meaning="Where attachments are kept: a folder, or s3://BUCKET/PREFIX; without it none are taken.",
    )
    attachment_bytes_max: int = setting(
        "LOOPDESK_ATTACHMENT_BYTES_MAX",
        default=10 << 20,
        meaning="Largest attachment.",
        unit="bytes",
        at_least=1,
        at_most=256 << 20,
    )
    attachments_max: int = setting(
        "LOOPDESK_ATTACHMENTS_MAX", default=100, meaning="Attachments of one case.", at_least=1, at_most=1_000
    )
    attachment_types: str = setting(
        "LOOPDESK_ATTACHMENT_TYPES",
        default=(
            "application/pdf image/png image/jpeg image/gif image/webp image/tiff image/heif text/plain message/rfc822 "
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document "
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        ),
        meaning="Media types of attachments that are taken, with blanks between; the content shows them, not the name.",
    )
    s3_endpoint: str = setting(
        "LOOPDESK_S3_ENDPOINT", default="", meaning="Address of the S3-compatible store; Amazon's without it."
    )
    s3_region: str = setting("LOOPDESK_S3_REGION", default="us-east-1", meaning="Its region.")
    s3_key_id: str = setting(
        "LOOPDESK_S3_KEY_ID", default="", meaning="The id of its key; without it what the machine itself is entitled to."
    )
    s3_secret: str = setting("LOOPDESK_S3_SECRET", default="", meaning="The secret of its key.", secret=True)
