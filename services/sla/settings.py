"""What the operator may set about sla."""

from pathlib import Path

from libs.web.environment import setting, settings


@settings
class SlaSettings:
    """sla's own settings; those of every service are WebSettings and StoreSettings."""

    calendars: Path | None = setting(
        "LOOPDESK_CALENDARS", default=None, meaning="Folder of calendars (YAML) that are published at every start."
    )
