-- Analysts read the views of schema analytics and nothing else. Run by the owner of the database; best by a superuser, who alone
-- can shut the server's own databases to them.
-- The views read their tables with their owner's rights, so analysts need none there.
do $$
begin
  create role analyst nologin;
exception when duplicate_object or unique_violation then
  null;  -- a neighbour database of the same server made it
end $$;

create schema if not exists analytics;
grant usage on schema analytics to analyst;
grant select on all tables in schema analytics to analyst;
do $$
begin  -- also to the views that are made later
  execute format('alter default privileges for role %s in schema analytics grant select on tables to analyst',
    (select nspowner::regrole from pg_namespace where nspname = 'analytics'));
  execute format('grant connect on database %I to analyst', current_database());
end $$;

-- Everybody may make temporary tables unless told otherwise; an analyst's query then fills the disk of the log.
do $$
begin
  execute format('revoke temporary on database %I from public', current_database());
end $$;

-- The same holds for the databases that every server has: every role may connect to them and make temporary tables there.
do $$
declare own text;
begin
  foreach own in array array['postgres', 'template1'] loop
    if exists (select from pg_database where datname = own and pg_has_role(current_user, datdba, 'usage')) then
      execute format('revoke connect, temporary on database %I from public', own);
    elsif exists (select from pg_database where datname = own and has_database_privilege('analyst', oid, 'connect')) then
      raise warning 'analysts may still connect to database %; have a superuser run: revoke connect, temporary on database % from public',
        own, own;
    end if;
  end loop;
end $$;
