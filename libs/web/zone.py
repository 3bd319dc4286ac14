"""The desk's time zone, set once for all services."""

from zoneinfo import ZoneInfo

from libs.events.words.now import zone_names
from libs.events.words.refusal import suggestion
from libs.web.environment import BadSetting, setting, settings


@settings
class ZoneSettings:
    """The zone of the desk."""

    zone_name: str = setting(
        "LOOPDESK_ZONE",
        default="UTC",
        meaning="The desk's time zone, such as Asia/Shanghai: days in figures begin at midnight there, and pages show its times.",
    )

    def __post_init__(self) -> None:
        if self.zone_name not in zone_names():
            near = suggestion(self.zone_name, zone_names())
            near = near if near.startswith("Did") else "Such a name is Europe/Berlin or Asia/Shanghai."
            raise BadSetting(f"LOOPDESK_ZONE must be a time zone of the IANA database, not {self.zone_name!r}. {near}")

    @property
    def zone(self) -> ZoneInfo:
        """The desk's zone."""
        return ZoneInfo(self.zone_name)
