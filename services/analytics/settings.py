"""What the operator may set about analytics."""

from libs.web.environment import setting, settings


@settings
class AnalyticsSettings:
    """analytics' own settings; those of every service are WebSettings and StoreSettings."""

    pepper: str = setting(
        "LOOPDESK_PEPPER",
        default="",
        meaning="This installation's secret in opaque references to words, the same as for intake and routing; never change it.",
        secret=True,
    )
