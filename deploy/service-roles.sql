-- One role for each service, which can read and write what is its own, and nothing else. Run by the owner of the database, as often as
-- you like, with the roles' passwords in the environment; what another role made for a service before becomes that service's.
-- With the log in PostgreSQL: start the services once as the owner, run this, then give each service its own address.
\set ON_ERROR_STOP on
\getenv intake INTAKE_DB_PASSWORD
\getenv routing ROUTING_DB_PASSWORD
\getenv sla SLA_DB_PASSWORD
\getenv survey SURVEY_DB_PASSWORD
\getenv analytics ANALYTICS_DB_PASSWORD

create temporary table service as select 'loopdesk_' || name as role, name, password from (values
  ('intake', :'intake'), ('routing', :'routing'), ('sla', :'sla'), ('survey', :'survey'), ('analytics', :'analytics')
) as given (name, password);

select format('create role %I', role) from service where role not in (select rolname from pg_roles) \gexec
select format('alter role %I login password %L', role, password) from service \gexec

-- A service makes the next version of its tables in a schema of its own, so each may make schemas; nobody else enters.
select format('revoke all on database %I from public', current_database()) \gexec
select format('grant connect, create on database %I to %I', current_database(), role) from service \gexec
select format('revoke connect, temporary on database %I from public', datname)
from pg_database where datname in ('postgres', 'template1') and pg_has_role(current_user, datdba, 'usage') \gexec

-- What there is already. A sequence goes with its table.
create temporary table owned as select role, nspname from service join pg_namespace on nspname ~ format('^%s(_core|_v\d+)?$', name);
select format('alter schema %I owner to %I', nspname, role) from owned \gexec
select format('alter %s %s owner to %I', case relkind when 'v' then 'view' else 'table' end, c.oid::regclass, role)
from owned join pg_class c on relnamespace = nspname::regnamespace where relkind in ('r', 'v') \gexec
select format('alter function %s owner to %I', p.oid::regprocedure, role)
from owned join pg_proc p on pronamespace = nspname::regnamespace \gexec

-- The log, where it is in PostgreSQL: everybody reads it and adds to it, nobody changes or deletes a record.
select format('grant usage on schema log to %I', role) from service where to_regclass('log.record') is not null \gexec
select format('grant select, insert on log.topic, log.partition, log.record to %I', role)
from service where to_regclass('log.record') is not null \gexec
select format('grant update (next_offset) on log.partition to %I', role) from service where to_regclass('log.record') is not null \gexec

-- Analysts (roles.sql) may come in, and see what analytics will make.
select format('grant connect on database %I to analyst', current_database()) where to_regrole('analyst') is not null \gexec
select 'alter default privileges for role loopdesk_analytics in schema analytics grant select on tables to analyst'
where to_regrole('analyst') is not null and to_regnamespace('analytics') is not null \gexec
