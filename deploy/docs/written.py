"""docs/standards.md: the entries of a process standard, a calendar and a roster, made from their JSON Schemas."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from libs.events.catalogue.mark import MARKS_MAX
from libs.events.catalogue.promise import NAMED, OF_NODES
from services.routing.domain.standards.promises import GRACE, REMINDERS_MAX

SCHEMAS = Path(__file__).parents[1] / "schemas"

HEAD = """\
# Process standards, calendars and rosters

Made from `deploy/schemas/*.schema.json` by `python -m deploy.docs`; edit the schemas, not this page.

A *process standard* says how one kind of case is worked on; a *calendar* says when a desk works; a *roster* says who is in a
team. All are YAML or JSON. `loopdesk publish my-calendar.yaml my-standard.yaml my-roster.yaml` publishes them. So do
`POST /calendars` (sla), `POST /processes` and `POST /rosters` (routing). The command takes holiday sets and policies, too. It
tells by its entries what a file is, and sends first what others name: holiday sets, calendars, standards, policies, rosters. If a
file cannot be read, nothing is sent. If it has faults, all are listed with their places and what to write instead, and neither it
nor what comes behind it is published.
[`inbound-call.yaml`](../deploy/standards/inbound-call.yaml), [`cn-business.yaml`](../deploy/calendars/cn-business.yaml) and
[`customer-service.yaml`](../deploy/rosters/customer-service.yaml) are good ones to start from.

An editor that knows JSON Schema checks a file while you write it, if the first line names a [schema](../deploy/schemas):

```yaml
# yaml-language-server: $schema=../schemas/process-standard.schema.json
```

There is one for a standard, one for a calendar, one for a roster and one for the mapping of an [import](importing.md).

What is promised to some cases otherwise than to all is the matter of a [policy](policies.md).
"""

LIMITS = f"""\
## Limits

A whole number from 1 to 99999 and a unit. `20s`, `30m`, `24h` and `2d` are elapsed time; `8wh` is working time of the
calendar; `3wd` is the third working day after ([every border](working-time.md)). `immediate` allows its `grace`, {GRACE} unless
you write another.

The limit of a promise or of a node may also be a date of the case: `agreed_due_at`, which was agreed with the customer, or
`legal_due_at`, which the law or a contract sets. The promise falls due at that date, neither calendar nor waiting moves it, and a
case that has no such date has no such promise. `POST /cases` takes the dates, and `POST /cases/{{id}}/due` changes them.

```yaml
promises:
  delivery: {{limit: agreed_due_at, until: resolved}}
  by_law: {{limit: legal_due_at, until: resolved}}
```

Another date takes the place of one that has not passed. Once a date has passed, its promise is broken, and a date that is agreed
then is a promise of its own, `delivery/2`. The page of a case in intake has a form for them. Of the shipped standards
`service-delivery` promises by the agreed date.
"""


WARNINGS = f"""\
## Warnings

`warn` says when a promise or the limit of a node warns that it will break soon, and whom:

```yaml
warn: {{80%: agent, 2h: supervisor}}
```

Written once at the top of a standard, it is the default of each promise and each limit of a node that says no `warn` itself.
What a promise or node says replaces the default as a whole, and `warn: {{}}` there warns nobody. A promise that is too short for
a mark of the default goes without it. Decisions and exceptions do not warn. The shipped standards say `warn: {{80%: agent}}`,
and no warning where work is done at once.

A mark is a share of the promise's own time that is used, from `1%` to `99%`, or how much of it is left: a whole number
and `s`, `m` or `h`. A limit in working time counts working time, also for what is left. Time in which a promise waits brings no
mark nearer, and while it waits nothing is said. A promise has at most {MARKS_MAX} marks. The `agent` does the work, the
`owner` answers for the case, the `supervisor` is called when the promise breaks. A cycle of a promise has its own marks.

Each warning is said once, as `clock.warned`, at the instant of its mark: also when Loopdesk was down then. The list of work and
the pages of promises show it; `GET /work?warned=agent` and `GET /clocks?warned=supervisor` find it. It is withdrawn when a fact
that comes late unmakes it, because the promise was kept before, or waited. Imported history warns nobody.
"""


REMINDERS = f"""\
## Reminders

An exception that pauses promises may say after how long, each time, it is time to remind the customer of what they wait for:

```yaml
remind_every: 2wd
reminders_at_most: 3
```

The intervals count from the raising of the exception, a limit in working time by the calendar of the standard. Each reminder is
said once, as `clock.reminded`, at its own instant: also when Loopdesk was down then. There are {REMINDERS_MAX} of them at most,
and none once the exception is over, its `pauses_at_most` has passed, or no promise waits for it. Raised again, it counts from the
beginning. Where several exceptions last at once, only the one reminds that holds the promise; where several promises wait, one
of them says it.

Nothing is sent: Loopdesk has no mail yet. The list of work shows that it is time (`reminders` of `GET /work`), and so does the
time line of the case; somebody then turns to the customer. A reminder is withdrawn when a fact that comes late unmakes it,
because the customer had answered before. Imported history reminds nobody.
"""


HOLIDAY_SETS = """\
## Holiday sets

Days off with their names that several calendars share. `POST /holidays` at sla publishes a version, and
`loopdesk publish` a file that has what stands under `holidays` here. A calendar names it:
`holidays: [{id: company, version: 1}]`. It takes the days in when it is published, and holds them itself: a later version of the
set changes no calendar. The author's `removed` and `openings` beat the set, and the set beats the country.

```json
{"holidays": {"id": "company", "version": 1, "days": {"2027-01-04": "Inventory", "2027-12-24": "Christmas Eve"}}}
```

Instead of `days` you may send the text of an iCalendar file and the years to read:

```json
{"holidays": {"id": "feasts", "version": 1, "icalendar": "BEGIN:VCALENDAR ...", "years": [2027, 2028],
 "kinds": ["Public holiday"], "left_out": ["Whit Monday"]}}
```

Events of whole days are read, also those that come again every year; one with a time of day is refused. Many feeds mix days off
with days that are only remembered. If a file has events of several kinds (their `CATEGORIES`, else the first line of their
`DESCRIPTION`), you name under `kinds` which ones are days off. `left_out` leaves single events out by name. The answer lists
every day that was taken: read it before a calendar names the set.
"""


def document() -> str:
    """Return the whole page."""
    return "\n".join(
        [
            HEAD,
            *_page(load("process-standard")),
            LIMITS,
            WARNINGS,
            REMINDERS,
            *_moments(),
            *_page(load("calendar")),
            HOLIDAY_SETS,
            *_page(load("roster")),
        ]
    )


def load(name: str) -> dict[str, Any]:
    """Return a schema by name."""
    found: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    return found


def _page(schema: dict[str, Any]) -> Iterator[str]:
    """Yield the section of a whole document, then one for each of its groups of entries."""
    yield f"## {schema['title']}\n\n{schema['description']}\n"
    yield from _entries(schema)
    for part in schema["$defs"].values():
        if "properties" in part:
            yield f"### {part['title']}\n\n{part['description']}\n"
            yield from _entries(part)


def _entries(group: dict[str, Any]) -> Iterator[str]:
    yield "| entry | needed | meaning |"
    yield "|---|---|---|"
    for name, entry in group["properties"].items():
        needed = "yes" if name in group.get("required", ()) else _default(entry)
        yield f"| `{name}` | {needed} | {entry['description']} |"
    yield ""


def _default(entry: dict[str, Any]) -> str:
    default = entry.get("default")
    if default is None:
        return "no"
    return f"no: `{json.dumps(default) if isinstance(default, bool) else default}`"


def _moments() -> Iterator[str]:
    yield "## Moments\n"
    named = ", ".join(f"`{moment}`" for moment in NAMED)
    of_nodes = ", ".join(f"`{moment}:n4`" for moment in OF_NODES)
    yield f"{named}; of a node, here `n4`: {of_nodes}.\n"
