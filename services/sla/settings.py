"""What the operator may set about sla."""

from pathlib import Path

from libs.web.environment import setting, settings


@settings
class SlaSettings:
    """sla's own settings; those of every service are WebSettings and StoreSettings."""

    calendars: Path | None = setting(
        "LOOPDESK_CALENDARS", default=None, meaning="Folder of calendars (YAML) that are published at every start."
    )
    reckonings_days: int = setting(
        "LOOPDESK_RECKONINGS_DAYS",
        default=90,
        meaning="How long a reckoning that is over is kept with its rows.",
        unit="days",
        at_least=1,
        at_most=36_500,
    )
