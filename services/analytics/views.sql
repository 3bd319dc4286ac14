-- What analysts read. Names and order of columns are stable: new columns are added at the end only.
-- The tables live in {data}, which a replay makes again; their comments are copied to the views at the end.

-- A zone that PostgreSQL does not know stops here, not at the first question.
select now() at time zone '{zone}';

create or replace function analytics.day_of(at timestamptz) returns date
language sql stable parallel safe as $$ select (at at time zone '{zone}')::date $$;
comment on function analytics.day_of(timestamptz) is 'The date of an instant in the desk''s zone (LOOPDESK_ZONE): the day it counts on';

-- The views of services/analytics/tables, each column with what its class says of it.
{views}

create or replace view analytics.first_contact_resolution as
select f.day, f.process_id, f.process_version, f.team, f.agent, f.rule, f.num, f.den,
  round(f.num::numeric / f.den, 6) as rate,
  w.final_at, w.final_at > now() as provisional,
  to_char(f.day, 'IYYY-"W"IW') as week, '{zone}'::text as zone, f.grade, f.service_class
from {data}.first_contact_resolution f
cross join lateral (
  select ((f.day + 1)::timestamp at time zone '{zone}')
    + case when f.rule in ('field_gross', 'field_net') then interval '336 hours' else interval '168 hours' end as final_at
) w
where f.den <> 0;

create or replace view analytics.satisfaction as
select s.day, s.process_id, s.process_version, s.team, s.agent, s.answers, s.satisfied, s.score_sum,
  round(s.satisfied::numeric / nullif(s.answers, 0), 6) as rate,
  round(s.score_sum::numeric / nullif(s.answers, 0), 6) as mean_score,
  s.answers_apart,
  to_char(s.day, 'IYYY-"W"IW') as week, '{zone}'::text as zone, s.grade, s.service_class
from {data}.satisfaction s
where (s.answers, s.answers_apart) <> (0, 0);

create or replace view analytics.timeliness as
select t.day, t.process_id, t.process_version, t.team, t.agent, t.kind, t.clock, t.met, t.breached, t.ended_late, t.used_us,
  t.met + t.breached as decided,
  t.met + t.ended_late as ended,
  round(t.met::numeric / nullif(t.met + t.breached, 0), 6) as rate,
  round(t.met::numeric / nullif(t.met + t.ended_late, 0), 6) as rate_of_ended,
  to_char(t.day, 'IYYY-"W"IW') as week, '{zone}'::text as zone, t.grade, t.service_class
from {data}.timeliness t
where (t.met, t.breached, t.ended_late) <> (0, 0, 0);

create or replace view analytics.workload as
select w.day, w.process_id, w.process_version, w.team, w.agent,
  w.registered, w.assigned, w.resolved, w.closed, w.reopened, w.contacts,
  to_char(w.day, 'IYYY-"W"IW') as week, '{zone}'::text as zone, w.grade, w.service_class
from {data}.workload w
where (w.registered, w.assigned, w.resolved, w.closed, w.reopened, w.contacts) <> (0, 0, 0, 0, 0, 0);

create or replace view analytics.node_durations as
select n.day, n.process_id, n.process_version, n.team, n.agent, n.node, n.visits, n.waits, n.worked as touches, n.wait_us,
  n.work_elapsed_us as touch_us,
  round(n.wait_us / 3600000000::numeric / nullif(n.waits, 0), 6) as mean_wait_hours,
  round(n.work_elapsed_us / 3600000000::numeric / nullif(n.worked, 0), 6) as mean_touch_hours,
  to_char(n.day, 'IYYY-"W"IW') as week, '{zone}'::text as zone,
  n.worked, n.work_elapsed_us,
  round(n.work_elapsed_us / 3600000000::numeric / nullif(n.worked, 0), 6) as mean_work_elapsed_hours,
  n.grade, n.service_class
from {data}.node_durations n
where n.visits <> 0;

create or replace view analytics.outcomes as
select o.day, o.process_id, o.process_version, o.team, o.agent, o.outcome, o.cases,
  to_char(o.day, 'IYYY-"W"IW') as week, '{zone}'::text as zone, o.grade, o.service_class
from {data}.outcomes o
where o.cases <> 0;

create or replace view analytics.steps as
select s.day, s.process_id, s.process_version, s.source, s.target, s.steps, s.timed, s.by_clock, s.late, s.decided,
  to_char(s.day, 'IYYY-"W"IW') as week, '{zone}'::text as zone
from {data}.steps s
where s.steps <> 0;

-- PostgreSQL replaces no function that answers with another row; who has views of his own on it makes them again.
do $$
declare old regprocedure := to_regprocedure('analytics.backlog(timestamptz)');
begin
  if old is not null and pg_get_function_result(old) not like '%not_closed%' then
    execute format('drop function %s cascade', old);
  end if;
end $$;
create or replace function analytics.backlog(as_of timestamptz)
returns table (process_id text, process_version int, team text, agent text, cases bigint, not_closed bigint)
language sql stable as $$
  select s.process_id, s.process_version, s.team, s.agent, count(*) filter (where s.phase = 'open'), count(*)
  from analytics.stretches s
  where s.phase in ('open', 'resolved') and tstzrange(s.since_at, s.until_at) @> as_of
  group by 1, 2, 3, 4
$$;
comment on function analytics.backlog(timestamptz) is
  'Cases that were unresolved at the instant (cases), and those neither closed nor cancelled (not_closed), by process and by '
  'who held them at that instant; only facts that occurred until then count';

-- Every figure, by day, week and month: tables/figure_views.py.
{figures}

-- A view says of itself and its columns what its table says.
do $$
declare said record;
begin
  for said in
    select v.relname as view, a.attname as attribute, coalesce(col_description(t.oid, b.attnum), '') as words,
      obj_description(t.oid, 'pg_class') as about
    from pg_class v
    join pg_class t on t.relname = v.relname and t.relnamespace = '{data}'::regnamespace
    join pg_attribute a on a.attrelid = v.oid and a.attnum > 0
    join pg_attribute b on b.attrelid = t.oid and b.attname = a.attname
    where v.relnamespace = 'analytics'::regnamespace and v.relkind = 'v'
  loop
    execute format('comment on view analytics.%I is %L', said.view, said.about);
    execute format('comment on column analytics.%I.%I is %L', said.view, said.attribute, said.words);
  end loop;
end $$;

-- What a view adds to its table.
do $$
declare one record;
begin
  for one in select relname from pg_class c join pg_attribute a on attrelid = c.oid and attname = 'zone'
    join pg_attribute w on w.attrelid = c.oid and w.attname = 'week'
    where relnamespace = 'analytics'::regnamespace and relkind = 'v'
  loop
    execute format('comment on column analytics.%I.week is %L', one.relname, 'The ISO week of the day, such as 2026-W09');
    execute format('comment on column analytics.%I.zone is %L', one.relname, 'The desk''s zone, in which day is a date (LOOPDESK_ZONE)');
  end loop;
end $$;
comment on column analytics.first_contact_resolution.rate is 'num / den';
comment on column analytics.first_contact_resolution.final_at is 'The instant from which every case of the day is final';
comment on column analytics.first_contact_resolution.provisional is 'Whether that instant lies ahead';
comment on column analytics.satisfaction.rate is 'satisfied / answers';
comment on column analytics.satisfaction.mean_score is 'score_sum / answers';
comment on column analytics.timeliness.decided is 'met + breached';
comment on column analytics.timeliness.ended is 'met + ended_late';
comment on column analytics.timeliness.rate is 'met / decided';
comment on column analytics.timeliness.rate_of_ended is 'met / ended';
comment on column analytics.node_durations.mean_wait_hours is 'wait_us / waits, in hours';
comment on column analytics.node_durations.mean_work_elapsed_hours is 'work_elapsed_us / worked, in hours';
-- Those that go with the next release: tables/deprecated.py.
{deprecated}
{figure_comments}

create or replace view analytics.data_as_of as {data_as_of};
comment on view analytics.data_as_of is
  'One row: until when the other views are complete. What of a later instant is in them is a part of it';
comment on column analytics.data_as_of.data_as_of is
  'What stood on the log at this instant is in the views, less what is set aside; null while that is not known';
