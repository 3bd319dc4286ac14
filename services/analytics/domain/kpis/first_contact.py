"""First contact resolution as figures: every rule that stands side by side is one."""

from libs.events.catalogue.standard import Label
from services.analytics.domain.figure import Figure
from services.analytics.domain.first_contact import FIELD_GROSS, FIELD_NET, FINAL_AFTER, NAMED, NO_REPEAT


def fcr_measures() -> tuple[Figure, ...]:
    """Return every rule as a figure."""
    return tuple(
        Figure(
            name=f"first_contact_resolution.{rule.name}",
            title=Label(en=f"First contact resolution ({rule.title.en})", zh=f"一次解决率（{rule.title.zh}）"),
            view="first_contact_resolution",
            unit="rate",
            group="first_contact",
            rule=rule.title,
            definition=rule.definition,
            where=f"rule = '{rule.name}'",
            kpi="K17" if rule is NO_REPEAT else "",
            direction="up",
            counts="contact" if rule in (FIELD_GROSS, FIELD_NET) else "case",
            settles=FINAL_AFTER * (2 if rule in (FIELD_GROSS, FIELD_NET) else 1),
        )
        for rule in NAMED
    )
