"""Every case as it follows from the accepted commands alone. The model knows no processes, logs, leases or services.

A method named like a command says what follows from it, by methods in the past tense; imported history calls these
directly. `promises.py` adds the promises.
"""

from dataclasses import dataclass, field
from datetime import timedelta

BY_RULE = {
    ("complaint-quality", "one"): {"grade": "normal"},
    ("complaint-quality", "batch"): {"grade": "urgent"},
    ("inbound-call", "one"): {"service_class": "routine", "severity": "minor"},
    ("inbound-call", "batch"): {"service_class": "routine", "severity": "minor"},
}
WAITING = "awaiting_customer"
JUDGED_FOR = timedelta(days=7)
"""Facts later than this after the first resolution do not change whether a case was solved at first contact."""


@dataclass
class Case:
    """One case: its place, the instants of its moments, and the surveys of its customer."""

    standard: object
    words: dict = field(default_factory=dict)
    phase: str = "in_work"
    node: str = ""
    is_started: bool = False
    done: list = field(default_factory=list)
    moments: dict = field(default_factory=dict)
    responses: list = field(default_factory=list)
    contacts: int = 0
    waits: list = field(default_factory=list)
    agents: list = field(default_factory=list)
    cancelled_at: object = None
    is_cancelled: bool = False
    ends: list = field(default_factory=list)
    cancellations: list = field(default_factory=list)
    is_imported: bool = False
    completions: int = 0
    met: list = field(default_factory=list)
    closings: int = 0
    reopened_at: list = field(default_factory=list)
    invitations: dict = field(default_factory=dict)
    ended_by_reopening: set = field(default_factory=set)

    # Events
    def registered(self, at, affected=""):
        self.moments["registered"] = at
        self.words |= BY_RULE.get((self.standard.process_id, affected), {})
        if affected:
            self.entered(at, self.nodes[0])

    def contact(self, at, purpose):
        self.contacts += 1
        self.responses += [at] if purpose == "response" else []

    def entered(self, at, node):
        self.moments.setdefault(f"entered:{node}", at)
        self.done = self.done[: self.done.index(node)] if node in self.done else self.done
        self.node, self.is_started = node, False

    def started(self, at, node):
        if node != self.node:
            self.entered(at, node)
        self.moments.setdefault(f"started:{node}", at)
        self.is_started = True

    def completed(self, at, node):
        self.moments.setdefault(f"completed:{node}", at)
        self.done.append(node)
        self.completions += 1
        self.node, self.is_started = "", False

    def resolved(self, at, outcome="resolved"):
        if self.phase == "in_work" and not self.is_imported:
            self.invited(at)
        self.phase = "resolved"
        self.met += [at] if outcome == "resolved" else []

    def closed(self, at):
        self.phase, self.node, self.is_started = "cancelled" if self.is_cancelled else "closed", "", False
        self.closings += 1
        if not self.ends or self.ends[-1][1] is not None:
            self.ends.append((at, None))
        self.cleared(at)

    def reopened(self, at):
        self.phase, self.cancelled_at, self.is_cancelled = "in_work", None, False
        if self.ends and self.ends[-1][1] is None:
            self.ends[-1] = self.ends[-1][0], at
        if self.cancellations and self.cancellations[-1][1] is None:
            self.cancellations[-1] = self.cancellations[-1][0], at
        self.reopened_at.append(at)
        self.ended_by_reopening |= {sent_at for sent_at, overall in self.invitations.items() if overall is None}

    def invited(self, at):
        self.invitations[at] = None

    def raised(self, at):
        self.waits.append([at, None])

    def cleared(self, at):
        if self.is_waiting:
            self.waits[-1][1] = at

    # Commands

    def start(self, at, node):
        if node not in self.done and not (node == self.node and self.is_started):
            self.started(at, node)

    def complete(self, at, node):
        if node in self.done:
            return
        self.completed(at, node)
        if self.phase == "in_work" and node in (self.nodes[self._resolving - 1], self.nodes[-1]):
            self.resolved(at)
        if node == self.nodes[-1]:
            self.closed(at)
        else:
            self.entered(at, self.nodes[self.nodes.index(node) + 1])

    def resolve(self, at, outcome):
        if self.phase != "in_work":
            return
        assert outcome != "resolved", "only the node that resolves says so"
        self.resolved(at, outcome)

    def reopen(self, at):
        if self.phase != "in_work":
            self.reopened(at)
            before = self.nodes[: self._resolving]
            self.entered(at, next((node for node in before if node not in self.done), before[-1]))

    def cancel(self, at):
        if self.phase not in ("closed", "cancelled"):
            self.is_cancelled, self.cancelled_at = True, at
            self.cancellations.append((at, None))
            self.closed(at)

    def wait(self, at):
        if not self.is_waiting:
            self.raised(at)

    def grade(self, at, grade):
        self.words["grade"] = grade

    def assign(self, at, agent):
        self.agents.append((at, agent))

    def answer(self, at, sent_at, overall):
        self.invitations[sent_at] = overall

    # Conclusions

    @property
    def nodes(self):
        return [node.id for node in self.standard.nodes]

    @property
    def _resolving(self):
        """How many nodes there are up to the one that resolves."""
        return next(place for place, node in enumerate(self.standard.nodes, 1) if node.resolves)

    @property
    def is_waiting(self):
        return bool(self.waits) and self.waits[-1][1] is None

    def is_resolved_by_one(self):
        """Test whether the case counts as resolved at first contact by the rule `one_agent`; None if it does not count at all."""
        if not self.met or self.met[0] < self.moments["registered"]:
            return None
        final = self.met[0] + JUDGED_FOR
        if any(at <= final and not (again and again <= final) for at, again in self.cancellations):
            return None
        agents = {agent for at, agent in self.agents if at <= final and agent}
        is_undisturbed = not any(at <= final for at in (*self.reopened_at, *(raised for raised, _ in self.waits)))
        return is_undisturbed and len(agents) <= 1

    @property
    def resolutions(self):
        return len(self.met)

    @property
    def reopenings(self):
        return len(self.reopened_at)
