"""What the operator may set about survey."""

from libs.web.environment import setting, settings


@settings
class SurveySettings:
    """survey's own settings; those of every service are WebSettings and StoreSettings."""

    secret: str = setting(
        "LOOPDESK_SURVEY_SECRET", default="", meaning="Signs the links that customers get; needed.", secret=True
    )
    url: str = setting(
        "LOOPDESK_SURVEY_URL", default="http://127.0.0.1:8004", meaning="Address of this service as customers reach it."
    )
