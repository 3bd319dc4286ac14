"""What the operator may set about analytics."""

from libs.web.environment import settings
from libs.web.zone import ZoneSettings


@settings
class AnalyticsSettings(ZoneSettings):
    """analytics' own settings; those of every service are WebSettings and StoreSettings."""
