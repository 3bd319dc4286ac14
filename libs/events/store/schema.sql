-- What a service keeps for good.
create schema if not exists {core};

-- Which version of the disposable tables is live, and which code (Service.code) its rows were computed by.
create table if not exists {core}.live (version int not null, code int not null);
insert into {core}.live select 1, {code} where not exists (select from {core}.live);

create table if not exists {core}.outbox_partition (
  topic text, part int, epoch bigint not null default 1, next_seq bigint not null default 0,
  primary key (topic, part)
) with (fillfactor = 10);
create table if not exists {core}.outbox (
  topic text, part int, epoch bigint, seq bigint,
  id uuid not null unique, key text not null, type text not null, body bytea not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (topic, part, epoch, seq)
);
create index if not exists outbox_subject on {core}.outbox (key, topic);
create table if not exists {core}.relay_cursor (
  topic text, part int, epoch bigint not null default 1, last_seq bigint not null default -1,
  log_offset bigint not null default 0, lease_epoch bigint not null default 0,
  primary key (topic, part)
) with (fillfactor = 10);
create table if not exists {core}.lease (
  topic text, part int, owner uuid, epoch bigint not null default 0, expires_at timestamptz not null default '-infinity',
  primary key (topic, part)
) with (fillfactor = 10);
-- What was given up of parked keys: no rebuild takes it in. A key that nothing had come for has one row, at position -1.
create table if not exists {core}.dropped (
  topic text, part int, key text, position bigint, body bytea not null, error text not null,
  dropped_at timestamptz not null default now(), dropped_by text not null,
  primary key (topic, part, key, position, dropped_at)
);
create table if not exists {core}.instance (owner uuid primary key, seen_at timestamptz not null);
alter table {core}.instance
  add column if not exists since timestamptz not null default now(), add column if not exists host text not null default '',
  add column if not exists pid int not null default 0, add column if not exists release text not null default '',
  add column if not exists apart interval not null default '0';
create table if not exists {core}.idempotency (
  client text, key text, fingerprint bytea not null, status int not null, headers jsonb not null, body bytea not null,
  answered_at timestamptz not null default now(),
  primary key (client, key)
);
-- Clients make keys of what they have at hand, names and numbers among it: only their digests are kept. The index has what a
-- former release wrote in clear, so that a start finds it at once.
create index if not exists idempotency_in_clear on {core}.idempotency (key) where key not like 'sha256:%';
update {core}.idempotency as i set key = 'sha256:' || encode(sha256(convert_to(key, 'UTF8')), 'hex')
  where key not like 'sha256:%' and not exists (select from {core}.idempotency o
    where (o.client, o.key) = (i.client, 'sha256:' || encode(sha256(convert_to(i.key, 'UTF8')), 'hex')));
delete from {core}.idempotency where key not like 'sha256:%';

-- Numbers are given while the partition's counter row is locked, and the lock is held to commit: no gaps, commit order.
create or replace function {core}.append(
  p_topic text[], p_part int[], p_id uuid[], p_key text[], p_type text[], p_body bytea[]
) returns table (id uuid, part int, epoch bigint, seq bigint, said_before bytea) language plpgsql as $$
#variable_conflict use_column
begin
  perform from {core}.outbox_partition o
    join (select distinct * from unnest(p_topic, p_part) as w(topic, part)) w using (topic, part)
    order by topic, part for update of o;
  return query
    select o.id, o.part, o.epoch, o.seq, o.body from {core}.outbox o where o.id = any(p_id);
  return query
    with fresh as (
      select n.*, row_number() over (partition by n.topic, n.part order by n.place) - 1 as step
      from unnest(p_topic, p_part, p_id, p_key, p_type, p_body) with ordinality
           as n(topic, part, id, key, type, body, place)
      where not exists (select from {core}.outbox o where o.id = n.id)
    ), counted as (
      update {core}.outbox_partition o set next_seq = o.next_seq + f.n
      from (select topic, part, count(*) as n from fresh group by topic, part) f
      where (o.topic, o.part) = (f.topic, f.part)
      returning o.topic, o.part, o.epoch, o.next_seq - f.n as base
    )
    insert into {core}.outbox as o (topic, part, epoch, seq, id, key, type, body)
    select topic, part, c.epoch, c.base + f.step, f.id, f.key, f.type, f.body
    from fresh f join counted c using (topic, part)
    returning o.id, o.part, o.epoch, o.seq, null::bytea;
end $$;
