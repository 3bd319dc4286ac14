-- One version of what a service knows; a replay fills the next one.
-- `sequence` and `last_sequence` are places in an instant (EventType.place in libs/events/words/event.py), not a source's own numbers.
create schema if not exists {data};

create table if not exists {data}.state (
  book text, key text, version bigint not null, body bytea not null,
  last_time timestamptz not null, last_sequence bigint not null, last_id uuid not null,
  primary key (book, key)
) with (fillfactor = 70);
-- Facts kept for refolding; `topic` is the topic of those that books share, or the book that has them for itself.
create table if not exists {data}.heard (
  topic text, key text, id uuid, time timestamptz not null, sequence bigint not null, type text not null, body bytea not null,
  primary key (topic, key, id)
);
create table if not exists {data}.checkpoint (
  topic text, part int, lease_epoch bigint not null default 0, next_offset bigint not null default 0,
  seen jsonb not null default '{}', applied_until timestamptz,
  primary key (topic, part)
) with (fillfactor = 10);
create table if not exists {data}.parked (
  topic text, part int, key text, error text not null, since timestamptz not null default now(),
  is_asked boolean not null default false, waits_for text not null default '', dropped_by text not null default '',
  primary key (topic, part, key)
);
do $$ begin  -- made by an older release
  if not exists (select from information_schema.columns
      where (table_schema, table_name, column_name) = ('{data}', 'parked', 'waits_for')) then
    alter table {data}.parked add waits_for text not null default '', add dropped_by text not null default '';
  end if;
  if not exists (select from information_schema.columns
      where (table_schema, table_name, column_name) = ('{data}', 'checkpoint', 'applied_until')) then
    alter table {data}.checkpoint add applied_until timestamptz;
  end if;
end $$;
create table if not exists {data}.parked_record (
  topic text, part int, key text, position bigint, body bytea not null,
  primary key (topic, part, key, position)
);
create table if not exists {data}.timer (
  book text, key text, name text, part int not null, due_at timestamptz not null,
  primary key (book, key, name)
);
do $$ begin  -- an older release's index has other columns, and stays until its tables are replaced
  if to_regclass('{data}.timer_due') is null then
    create index timer_due on {data}.timer (book, part, due_at);
  end if;
end $$;
-- Who is to be looked at again when something is published under a name, and what was known when last looked.
create table if not exists {data}.awaiting (
  book text, key text, name text, part int not null, known_to bigint not null,
  primary key (book, key, name)
);
do $$ begin  -- an older release's table has other columns, and stays with its index until it is replaced
  if exists (select from information_schema.columns
      where (table_schema, table_name, column_name) = ('{data}', 'awaiting', 'book')) then
    create index if not exists awaiting_published on {data}.awaiting (name, book, part, known_to);
    drop index if exists {data}.awaiting_name;
  end if;
end $$;
