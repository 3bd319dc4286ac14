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
