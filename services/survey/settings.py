"""What the operator may set about survey."""

import re

from libs.web.environment import BadSetting, setting, settings

_CONTACT = re.compile(r"mailto:[^\s@?]+@[^\s@?]+|tel:\+?[0-9][0-9().-]{2,30}|https://[^\s/?#@]+([/?#]\S*)?", re.ASCII)


@settings
class SurveySettings:
    """survey's own settings; those of every service are WebSettings and StoreSettings."""

    secret: str = setting(
        "LOOPDESK_SURVEY_SECRET", default="", meaning="Signs the links that customers get; needed.", secret=True
    )
    url: str = setting(
        "LOOPDESK_SURVEY_URL", default="http://127.0.0.1:8004", meaning="Address of this service as customers reach it."
    )
    desk_name: str = setting(
        "LOOPDESK_DESK_NAME", default="", meaning="Name of the desk as customers know it; the form says who asks with it."
    )
    contact: str = setting(
        "LOOPDESK_SURVEY_CONTACT",
        default="",
        meaning="Where a customer who gave a low score reaches somebody: mailto:, tel: or https:; without it nowhere.",
    )

    @property
    def reached_at(self) -> str:
        """Where a customer reaches somebody; refuse what a browser would not open so."""
        if self.contact and not _CONTACT.fullmatch(self.contact):
            forms = "mailto:help@example.org, tel:+49-30-123456 or https://example.org/help"
            raise BadSetting(f"LOOPDESK_SURVEY_CONTACT must be like {forms}, not {self.contact[:80]!r}.")
        return self.contact
