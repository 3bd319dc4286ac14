"""What the published process standards say, so that nodes, exceptions and forms can be called by their names."""

from datetime import datetime

from libs.events.words.column import column, json, key, word
from libs.events.words.row import TableRow, columns


@columns()
class ProcessRow(TableRow):
    """A part of a published version of a process standard."""

    process_id: str = key("The process standard")
    process_version: int = key("The version")


@columns("process_versions")
class ProcessVersionRow(ProcessRow):
    """One row per published version of every process standard: from when and until when cases came under it."""

    name_en: str = column("The process' English name")
    name_zh: str = column("The process' Chinese name")
    published_at: datetime = column("When it was published")
    effective_at: datetime | None = column("From when on cases come under it; empty: since it was published")
    retired_at: datetime | None = column("Since when no case is registered under it any more")


@columns("process_nodes")
class ProcessNodeRow(ProcessRow):
    """One row per node of every published version of every process standard."""

    node: str = key("The node, as node_visits calls it")
    n: int = column("Its place in the process, from 1")
    name_en: str = column("Its English name")
    name_zh: str = column("Its Chinese name")
    role: str = word("The role that does the work; $OUTPUT where an output of an earlier node names it")
    role_en: str = word("The role's English name")
    role_zh: str = word("The role's Chinese name")
    approver: str = word("The role that answers for the result")
    key_node: bool = column("Whether the node may not be skipped")
    resolves: bool = column("Whether its completion resolves the case")
    initial_handling: bool = column("Whether the node is where initial handling is done")
    inputs: list[str] = json("The outputs of earlier nodes that it needs")
    outputs: list[str] = json("What it leaves behind")
    limits: list[dict[str, object]] = json(
        "Its own limits, of which the first that fits holds: clock, kind, limit, start, stop, pauses, per_visit, and when, the "
        "words of grade, service_class or severity for which it is"
    )
    process_name_en: str = column("The process' English name")
    process_name_zh: str = column("The process' Chinese name")
    support: list[str] = json("The roles that help")
    consulted: list[str] = json("The roles that are asked")
    informed: list[str] = json("The roles that are told")
    steps: list[dict[str, str]] = json("What the work consists of, in order: en and zh")
    gates: list[dict[str, object]] = json(
        "The decisions without which it is not complete: id, name_en, name_zh, approver, limit, returns_to"
    )
    team: str = word("The team whose people have the role; empty where the team that answers for the case does the work")
    confirmation: dict[str, str] = json(
        "What the customer has to accept before it is complete: subject, returns_to; empty for nothing"
    )
    notice: str = word("The script by which somebody tells the customer the result before it is complete")
    skills: list[str] = json("What who does the work should know, where a team hands it out")
    asks_expectation: bool = column("Whether the customer is asked if the result that she is told meets her expectation")


@columns("process_exceptions")
class ProcessExceptionRow(ProcessRow):
    """One row per abnormal situation that a published version of a process standard lists."""

    code: str = key("The exception, as exceptions.code calls it")
    name_en: str = column("Its English name")
    name_zh: str = column("Its Chinese name")
    action: str = word("What is to be done")
    nodes: list[str] = json("The nodes where it may occur; everywhere where there are none")
    escalate_to: str = word("The role that is called in when a promise breaks while it lasts")
    raised_by: str = word("What raises it without anybody's word: missing, for required fields that a registration lacks")
    allowance: str = word("Until when somebody has to turn to the customer, as the standard states it: 30m, 24h, 8wh, 3wd")
    following: str = word("The exception that begins once somebody has, and is over with this one")
    attempts: int = column("On how many days somebody must have tried to reach the customer before a case ends as unreachable")
    pauses_at_most: str = word("How long it may pause promises each time that it is raised; empty for as long as it lasts")
    remind_every: str = word("After how long each time it is time to remind the customer while it pauses a promise")
    reminders_at_most: int = column("How often at most, each time that it is raised; 0 where nobody is reminded")


@columns("process_forms")
class ProcessFormRow(ProcessRow):
    """One row per form of every published version of every process standard."""

    form: str = key("The form, as records.form calls it")
    name_en: str = column("Its English name")
    name_zh: str = column("Its Chinese name")
    content: dict[str, object] = json("What a record of it holds, as a JSON Schema")
    brief: list[str] = json("The grades that ask for no more than its mandatory fields")
