"""Instants and days as people read them, in the desk's zone and in both languages."""

from datetime import UTC, date, datetime
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


def at_the_desk(written: str, zone: ZoneInfo) -> str:
    """Return the instant of a time that a browser wrote. It has no offset, because it is the desk's time.

    Other text stays as it is, and so does a time that the desk's clocks skip. Of a time that they show twice the first is meant.
    """
    if ":" not in written:  # a day alone
        return written
    try:
        local = datetime.fromisoformat(written)
        at = local.replace(tzinfo=zone).astimezone(UTC)
        is_shown = local.tzinfo is None and at.astimezone(zone).replace(tzinfo=None) == local
    except (ValueError, OverflowError):
        return written
    return at.isoformat() if is_shown else written


def day(on: date, lang: str) -> str:
    """Return a day in words."""
    return numbers.day(on, WORDS[lang])
