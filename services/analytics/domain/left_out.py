"""What is said on the log and stands in no table of analytics, and why.

`tests/services/analytics/test_left_out.py` finds both by trying: a field that changes no row has a reason here, and no other
field has one.
A name is that of an event, or of one of its fields, or of a part of a field; it speaks for everything under it.
"""

from collections.abc import Mapping

LEFT_OUT: Mapping[str, str] = {
    "holidays.published": "calendars hold the days that they took from it",
    "calendar.published": "sla counts working time and says what it found; clocks has the versions it counted by",
    "case.classified.initial_handling": "process_nodes has it of every version; the figures of initial handling count by it",
    "case.classified.process_id": "the registration names the process, and cases has it",
    "case.classified.process_version": "the registration names the version, and cases has it",
    "clock.paused.capped_at": "process_exceptions has the cap, and the promise goes on then",
    "clock.resumed.warns_at": "clocks.warned_at has when it did warn",
    "clock.started.calendar": "counted_by has the version; the calendar is the one that the process standard names",
    "clock.started.policy_version": "sla.clocks has the version of the policy",
    "clock.started.rule": "sla.clocks has the rule that decided about the promise",
    "clock.started.warns_at": "clocks.warned_at has when it did warn",
    "clock.waiting.policy_version": "sla.clocks has the version of the policy",
    "clock.waiting.rule": "sla.clocks has the rule that decided about the promise",
    "clock.warned.due_at": "clocks has the due instant of what began, went on or broke",
    "clock.warned.mark": "the standard has the marks, and clocks the instant",
    "clock.warned.to": "sla.clocks.warns has it",
    "clock.withdrawn.clock": "what is withdrawn is found by its id, and leaves no row",
    "clock.withdrawn.occurrence": "what is withdrawn is found by its id, and leaves no row",
    "clock.withdrawn.what": "what is withdrawn is found by its id, and leaves no row",
    "contact.logged.thanks": "sla asks for no reply to it, so clocks has none",
    "import.fact_recorded.data": "the service whose fact it is says it as its own, and that is kept",
    "import.fact_recorded.fact": "the service whose fact it is says it as its own, and that is kept",
    "policy.published": "sla counts by it and says what it found; sla.clocks has the rule that decided",
    "terms.restated.policy_version": "what it changes sla says again of each clock; sla.clocks has the version that decided",
    "process.drafted": "no case is governed by a draft; routing.processes has them",
    "process.published.standard.assign": "routing applies the rules; assignments.rule names the one that chose",
    "process.published.standard.attributes": "cases.attributes has what was said in clear of a case",
    "process.published.standard.calendar": "sla counts by it; clocks has the version where another one was taken",
    "process.published.standard.change": "routing.processes has it",
    "process.published.standard.channels": "intake refuses a case that came by another channel",
    "process.published.standard.classify": "routing applies the rules; classifications.rule names the one that chose",
    "process.published.standard.escalate_to": "escalations.to_role has the role that was called in",
    "process.published.standard.reopen_days": "routing refuses a later reopening; milestones has those that were made",
    "process.published.standard.required": "cases.missing has what a case lacked",
    "process.published.standard.reviewer": "routing.processes has it",
    "process.published.standard.scripts": "process_nodes.notice names the script; routing tells its words",
    "process.published.standard.survey": "survey applies the policy; surveys has who was asked and when",
    "process.published.standard.survey_days": "surveys.expires_at has until when an answer was welcome",
    "process.published.standard.targets.each": "clocks has each cycle",
    "process.published.standard.targets.gate": "process_nodes.gates has the limit",
    "process.published.standard.targets.exception": "process_exceptions has the limit",
    "process.published.standard.targets.owed": "clocks has what became of the promise",
    "process.published.standard.targets.reopened": "clocks has each cycle",
    "process.published.standard.targets.warn": "clocks.warned_at has when it warned",
    "process.published.standard.values": "intake refuses other words; cases.attributes has those that a case has",
    "process.retired.reason": "routing.processes has it",
    "roster.published": "routing decides by it who may do what; routing.rosters counts its people, and who they are stays there",
    "survey.scheduled": "a plan; surveys begins when the customer is asked",
}
