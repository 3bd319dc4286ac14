"""What is promised about corrections and risks: constants, in the words of a process standard, so all rules of promises hold.

No standard is published for them, because nothing walks through nodes. A policy for the process `correction` or `risk` changes
their limits and calendars.
"""

from libs.events.catalogue.analytics import LEVELS
from libs.events.catalogue.mark import Warned
from libs.events.catalogue.promise import CORRECTION, RISK, Reopening, Target
from libs.events.catalogue.standard import Label, Standard
from services.sla.domain.quality import STARTED, VERSION
from services.sla.domain.remembered import ASSESSED, CHECKED, REGISTERED

OF_CORRECTIONS = Standard(
    process_id=CORRECTION,
    version=VERSION,
    name=Label(en="Corrections", zh="整改"),
    calendar=None,
    nodes=(),
    targets=(
        Target(
            clock="start",
            kind="correction",
            limit="24h",
            start=REGISTERED,
            stop=STARTED,
            reopened=Reopening.NEW,
            warn={"80%": Warned.OWNER},
        ),
    ),
    attributes=("figure", "process"),
)
"""Work on a correction begins within 24 hours of its opening, and again whenever its measures are found not to work."""

_LIMITS = dict(zip(LEVELS, ("1h", "24h", "7d"), strict=True))

OF_RISKS = Standard(
    process_id=RISK,
    version=VERSION,
    name=Label(en="Risks", zh="风险"),
    calendar=None,
    nodes=(),
    targets=tuple(
        Target(clock=f"check_{level}", kind="check", limit=limit, start=ASSESSED + level, stop=CHECKED)
        for level, limit in _LIMITS.items()
    ),
)
"""Somebody looks at a risk within so much time of its assessment, and of each look: the sooner, the more it matters."""
