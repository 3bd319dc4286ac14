"""After everything that the other tests of this folder did: a replay from offset 0 gives every table again."""

import pytest


@pytest.mark.parametrize("which", ["calm", "on_kafka", "harmed"])
def test_the_log_gives_every_table_again(request, which):
    running = request.getfixturevalue(which)
    running.come_to_rest()
    assert running.verify() == []


def test_a_table_that_the_log_does_not_give_is_noticed(calm):
    calm.post("intake", "/cases", {"channel": "web", "process_id": "inbound-call"})
    calm.come_to_rest()
    [row] = calm.query("select version from sla_core.live")
    damaged = f"update sla_v{row['version']}.clocks set due_at = due_at {{}} interval '1 microsecond' where clock = 'response'"
    calm.query(damaged.format("+"))
    assert [one.name for one in calm.verify()] == ["sla.clocks"]
    calm.query(damaged.format("-"))
    assert calm.verify() == []
