-- What happened to the cases, one row after another: what tools for process mining start from.

create or replace view analytics.events as
with named(rank, kind, en, zh) as (values {activities}),
happened(case_id, at, until, kind, part, about, agent, team) as (
  select case_id, received_at, received_at, 'registered', 0, channel, '', '' from {data}.cases
  union all
  select case_id, since_at, since_at, case said when 'grade' then 'graded' else 'classified' end, n,
    case said when 'grade' then grade else category end, '', ''
  from {data}.classifications where rule = ''
  union all
  select case_id, assigned_at, assigned_at, case when reassigned then 'handed_over' else 'assigned' end, n, role, agent, team
  from {data}.assignments
  union all
  select case_id, handed_at, handed_at, 'work_handed_over', n, node, agent, team from {data}.handovers
  where rule = ''
  union all
  select case_id, noted_at, noted_at, 'noted_' || kind, n, node, agent, team from {data}.notes
  union all
  select case_id, supplied_at, supplied_at, 'info_supplied', n, '', '', '' from {data}.supplies
  union all
  select case_id, attached_at, attached_at, 'record_attached', n, form, agent, team from {data}.records
  union all
  select case_id, attached_at, attached_at, 'file_attached', n, node, agent, team from {data}.attachments
  union all
  select case_id, confirmed_at, confirmed_at, 'customer_' || decision, n, subject, agent, team from {data}.confirmations
  union all
  select case_id, asked_at, asked_at, 'decision_requested', n, gate, asked_by, team from {data}.decisions
  where approver <> ''
  union all
  select case_id, decided_at, decided_at, 'decision_' || decision, n, gate, decided_by, team
  from {data}.decisions where decided_at is not null
  union all
  select case_id, skipped_at, skipped_at, 'skipped', n, node, agent, team from {data}.skips
  union all
  select case_id, escalated_at, escalated_at, 'escalated_' || kind, n, to_role, agent, team from {data}.escalations
  where kind <> ''
  union all
  select case_id, acknowledged_at, acknowledged_at, 'escalation_acknowledged', n, to_role, acknowledged_by, team
  from {data}.escalations where acknowledged_at is not null
  union all
  select case_id, raised_at, cleared_at, 'exception', n, code, agent, team from {data}.exceptions
  union all
  select case_id, coalesce(started_at, completed_at, returned_at), coalesce(completed_at, returned_at), 'node', n, node, agent, team
  from {data}.node_visits where coalesce(started_at, completed_at, returned_at) is not null
  union all
  select case_id, contacted_at, contacted_at,
    case when automated then 'contact_automated' when direction = 'inbound' then 'contact_inbound' else 'contact_' || purpose end,
    n, channel, agent, team
  from {data}.contacts
  union all
  select case_id, reached_at, reached_at,
    case when milestone = 'resolved' and outcome <> 'resolved' then 'ended_otherwise' else milestone end, n, outcome, agent, team
  from {data}.milestones
  union all
  select case_id, sent_at, sent_at, 'survey_sent', 0, survey_id, agent, team from {data}.surveys where sent_at is not null
  union all
  select case_id, answered_at, answered_at, 'survey_answered', 0, survey_id, '', team from {data}.surveys
  where answered_at is not null
)
select h.case_id,
  (row_number() over (partition by h.case_id order by h.at, w.rank nulls last, h.part, h.about))::int as n,
  coalesce(node.name_en, exception.name_en,
    case h.kind when 'node' then h.about when 'exception' then w.en || ': ' || h.about else coalesce(w.en, h.kind) end) as activity_en,
  coalesce(node.name_zh, exception.name_zh,
    case h.kind when 'node' then h.about when 'exception' then w.zh || '：' || h.about else coalesce(w.zh, h.kind) end) as activity_zh,
  h.at, h.until, h.agent, h.team, c.origin, c.process_id, c.process_version, h.kind, h.about
from happened h
left join named w on w.kind = h.kind
join {data}.cases c on c.case_id = h.case_id
left join {data}.process_nodes node on h.kind = 'node' and (node.process_id, node.process_version, node.node)
  = (c.process_id, c.process_version, h.about)
left join {data}.process_exceptions exception on h.kind = 'exception'
  and (exception.process_id, exception.process_version, exception.code) = (c.process_id, c.process_version, h.about);

create or replace view analytics.event_log as
select case_id as "case:concept:name", activity_en as "concept:name", coalesce(until, at) as "time:timestamp",
  at as start_timestamp, nullif(agent, '') as "org:resource", nullif(team, '') as "org:group",
  case when until is null then 'start' else 'complete' end as "lifecycle:transition",
  activity_zh as "concept:name:zh", process_id as "case:process_id", process_version as "case:process_version",
  origin as "case:origin", kind, n
from analytics.events;

comment on view analytics.events is 'One row per thing that happened to a case, in its order: its registration, its class and grade as '
  'people gave them, assignments, hand-overs, notes, filled forms, confirmations, decisions, skipped nodes, escalations, exceptions, visits of nodes at which work was done, contacts, surveys, its ends and '
  'reopenings. Promises are not among them: clocks has what follows from all this';
comment on column analytics.events.case_id is 'The case';
comment on column analytics.events.n is 'The number of the event within the case, from 1, in the order of at';
comment on column analytics.events.activity_en is 'What happened, in English: of a node or an exception the name in the standard of the case';
comment on column analytics.events.activity_zh is 'What happened, in Chinese';
comment on column analytics.events.at is 'When it happened or, of a visit of a node, when work began';
comment on column analytics.events.until is 'When it was over: of visits and exceptions; null while they last, at of everything else';
comment on column analytics.events.agent is 'The agent who did it, or who held the case then; empty when unknown';
comment on column analytics.events.team is 'The team of that agent, or the team that held the case then; empty when unknown';
comment on column analytics.events.origin is 'Where the case comes from: live, or import for history of another system';
comment on column analytics.events.process_id is 'The process standard of the case';
comment on column analytics.events.process_version is 'The version pinned to the case';
comment on column analytics.events.kind is 'What kind of thing happened, a word that stays: {kinds}';
comment on column analytics.events.about is 'The node, the form, the exception, the outcome, the role, the channel, the subject or the survey that it was about; else empty';
comment on view analytics.event_log is 'events under the names of the XES standard, which PM4Py and other tools for process mining take as they are';
comment on column analytics.event_log."case:concept:name" is 'The case';
comment on column analytics.event_log."concept:name" is 'What happened, in English';
comment on column analytics.event_log."time:timestamp" is 'When it was over, or when it began while it lasts';
comment on column analytics.event_log.start_timestamp is 'When it began';
comment on column analytics.event_log."org:resource" is 'The agent; null when unknown';
comment on column analytics.event_log."org:group" is 'The team; null when unknown';
comment on column analytics.event_log."lifecycle:transition" is 'complete, or start while it lasts';
comment on column analytics.event_log."concept:name:zh" is 'What happened, in Chinese';
comment on column analytics.event_log."case:process_id" is 'The process standard of the case';
comment on column analytics.event_log."case:process_version" is 'The version pinned to the case';
comment on column analytics.event_log."case:origin" is 'live or import';
comment on column analytics.event_log.kind is 'As in events';
comment on column analytics.event_log.n is 'As in events';
