"""Five services, each with the rights of its own role: a case goes its way, and an operator may still do all."""

from tests.deploy.test_service_roles import PASSWORDS, SCRIPT, as_role, database_of
from tests.stack.running import PORTS, Running, started
from tests.stack.test_prometheus import one_case_from_end_to_end


def test_a_case_goes_its_way_where_each_service_has_only_its_own_rights(server_folder):
    with started(Running(server_folder / "roles")) as running:
        url = running.stack.database_url
        running.stack.postgres.run(database_of(url), SCRIPT, PASSWORDS)
        for name in PORTS:
            running.stack.settings[f"LOOPDESK_{name.upper()}_DATABASE_URL"] = as_role(url, name)
            running.restart(name)
        connected = "select usename from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        assert {row["usename"] for row in running.query(connected)} == {f"loopdesk_{name}" for name in PORTS}
        one_case_from_end_to_end(running)
        assert running.verify() == []
