"""The words of a process standard and a roster: plain values, carried whole by the events that publish them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from libs.events.catalogue.promise import CalendarRef, Target, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A name a customer or colleague reads."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Label):
    """A role's name, and the team whose people have it: work of the role waits for them. Empty: for the team of the case."""

    team: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Label):
    """A form by its names, and the JSON Schema of its records (forms.py). `brief` are grades that ask for the mandatory only."""

    schema: dict[str, Any]
    brief: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A decision without which a node is not complete: who of which role makes it, and where the case goes back to if it is no.

    Its id is among what the node leaves behind. `returns_to` is an earlier node; empty for another visit of the same one.
    """

    id: str
    name: Label
    approver: str
    limit: str = ""
    returns_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What the customer has to accept before a node is complete. If she rejects it, the case goes back as for a Gate."""

    subject: str
    returns_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A step of the process. `resolves` says that its completion resolves the case; `key` that it may not be skipped.

    Of the roles, `role` does the work and `approver` answers for it; `support` helps, `consulted` are asked and `informed` are
    told. `steps` are what the work consists of, in order. `confirmation` is what the customer has to accept; `notice` is the
    script by which somebody has to tell her the result, and `asks_expectation` says that she is asked whether it meets her
    expectation. `skills` are those that the work asks for, where a team hands it out.
    """

    id: str
    name: Label
    role: str
    approver: str
    key: bool = False
    resolves: bool = False
    initial_handling: bool = False
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    support: tuple[str, ...] = ()
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    steps: tuple[Label, ...] = ()
    confirmation: Confirmation | None = None
    notice: str = ""
    skills: tuple[str, ...] = ()
    asks_expectation: bool = False

    @property
    def leaves(self) -> set[str]:
        """Everything that a later node may need of it: its outputs and its decisions."""
        return {*self.outputs, *(gate.id for gate in self.gates)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One ordered condition on the attributes of a case; the first that fits decides, and its id is recorded.

    `when` maps an attribute (`channel`, `kind`, a declared field, `service_class`, `grade`) to the word it must equal;
    `then` gives the words to set: `service_class`, `category`, `severity`, `grade`, or `team`, `agent`, `role`.
    """

    id: str
    when: dict[str, str] = field(default_factory=dict)
    then: dict[str, str]


RAISES = MISSING, REJECTION = "missing", "rejected"
"""What raises an exception without anybody's word: required fields that are missing at registration, or a customer's no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionRule:
    """A named abnormal situation.

    One `raised_by` missing fields is over when they are supplied, one by a customer's no when she accepts. With a `limit`
    somebody has to turn to the customer within it; once somebody has, the exception `then` begins, for instance the wait for her
    answer, and is over with this one.
    `attempts` is on how many different days somebody must have tried to reach the customer before a case ends as unreachable.
    `pauses_at_most` is how long it may pause a promise each time that it is raised; empty for as long as it lasts.
    While it pauses a promise it is time to remind the customer after each `remind_every`, `reminders_at_most` times.
    """

    code: str
    name: Label
    action: str
    at: tuple[str, ...] = ()
    escalate_to: str = ""
    raised_by: str = ""
    limit: str = ""
    then: str = ""
    attempts: int = 0
    pauses_at_most: str = ""
    remind_every: str = ""
    reminders_at_most: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyPolicy:
    """Whom a survey asks, when, and whether they may change their mind.

    `outcomes` are the endings of a case that the customer is asked about. They are asked `delay_seconds` after the ending,
    and at most once in `cool_down_hours` about one case. With `changes` a later answer replaces an earlier one while the
    invitation is open; without it the first answer is final.
    """

    outcomes: tuple[str, ...] = ("resolved",)
    delay_seconds: int = 10
    cool_down_hours: int = 24
    changes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A versioned process standard, as it is pinned to every case that it governs.

    `attributes` are the case fields that may be said in clear; every other field stays in intake's vault.
    `values` are the words that an attribute may have, and `channels` those by which a case may come; one that is not there, or
    empty, is open.
    `forms` are what records are made of; a node whose output has the name of a form owes a record of it.
    `scripts` are what the customer is told, with `{places}` for what is known of the case.
    `required` are the fields whose absence is an information gap. `survey_days` is how long an invitation stays open.
    `reopen_days` is for how long an ended case may be taken up again; 0 for ever.
    Cases come under it from `effective_from` on; from its publication on, if it says nothing.
    """

    process_id: str
    version: int
    name: Label
    calendar: CalendarRef | None
    nodes: tuple[Node, ...]
    targets: tuple[Target, ...] = ()
    classify: tuple[Rule, ...] = ()
    assign: tuple[Rule, ...] = ()
    exceptions: tuple[ExceptionRule, ...] = ()
    roles: dict[str, Role] = field(default_factory=dict)
    attributes: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    escalate_to: str = "cs_supervisor"
    survey_days: int = 14
    change: str = ""
    reviewer: str = ""
    survey: SurveyPolicy = field(default_factory=SurveyPolicy)
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    effective_from: datetime | None = None
    forms: dict[str, Form] = field(default_factory=dict)
    scripts: dict[str, Label] = field(default_factory=dict)
    reopen_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Days on which a person does not work, the last one included."""

    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of a team, by the id by which events name agents. Who has no `hours` works at any time."""

    id: str
    roles: tuple[str, ...]
    capacity: int
    skills: tuple[str, ...] = ()
    hours: tuple[Window, ...] = ()
    absences: tuple[Absence, ...] = ()
    deputy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """How a team hands out its work. Behind `relax_after` no skills are asked for; with `hand_on` who goes home hands on."""

    strategy: str
    relax_after: str = ""
    hand_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A team's people, by hours and days of `timezone`. Without `assignment` they take work themselves, else up to `capacity`."""

    team: str
    version: int
    name: Label
    timezone: str
    people: tuple[Person, ...]
    assignment: Assignment | None = None
