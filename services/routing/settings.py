"""What the operator may set about routing."""

from libs.web.environment import setting, settings


@settings
class RoutingSettings:
    """routing's own settings; those of every service are WebSettings and StoreSettings."""

    pepper: str = setting(
        "LOOPDESK_PEPPER",
        default="",
        meaning="This installation's secret in opaque references to customers and words; never change it.",
        secret=True,
    )
    standards: str = setting(
        "LOOPDESK_STANDARDS",
        default="",
        meaning="Folders of process standards (YAML), separated like PATH, that are published at every start.",
    )
