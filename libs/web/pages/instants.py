"""Instants and days as people read them, in the desk's zone and in both languages."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from libs.pictures import numbers
from libs.pictures.words import WORDS


def when(at: datetime | None, zone: ZoneInfo, lang: str) -> Markup:
    """Return an instant as a `<time>` with the desk's words; the script of the shell adds the viewer's own time as its title."""
    if at is None:
        return Markup("–")
    local = at.astimezone(zone)
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), f"{day(local, lang)} {local:%H:%M}")


def day(on: date, lang: str) -> str:
    """Return a day in words."""
    return numbers.day(on, WORDS[lang])
