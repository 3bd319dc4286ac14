"""The failure matrix as a table: what goes wrong, what must happen, and the tests that prove it with real processes on both logs.

Where only one log can fail in a way (a broker that is away while the database answers), the test runs on that one.
"""

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.fast

ROWS = [
    (
        "before the command's commit",
        "nothing exists; the client comes again with its key",
        ["test_killed_before_the_commit_of_a_command_there_is_nothing_and_the_client_comes_again"],
    ),
    (
        "after the commit, before the HTTP answer",
        "the repeated request gets the stored answer and the same case",
        ["test_killed_after_the_commit_and_before_the_answer_the_client_gets_the_stored_answer"],
    ),
    (
        "relay after produce before ack, after ack before cursor",
        "at most an echo on the log",
        ["test_killed_between_the_log_and_the_cursor_the_relay_sends_at_most_an_echo"],
    ),
    (
        "relay paused past its lease, a second active, the first resumes",
        "echoes only, no reordering of first occurrences",
        ["test_a_relay_paused_past_its_lease_repeats_itself_and_reorders_nothing"],
    ),
    (
        "consumer in the middle of a batch",
        "rolled back and read again",
        ["test_killed_in_the_middle_of_a_batch_it_is_read_again_from_its_beginning"],
    ),
    (
        "consumer paused past its lease",
        "it writes nothing any more, and does not hold up whoever took over",
        ["test_a_consumer_paused_past_its_lease_writes_nothing_any_more"],
    ),
    (
        "two processes believe they own a partition",
        "one commits, one rolls back",
        ["test_of_two_processes_that_believe_they_own_a_partition_one_writes"],
    ),
    (
        "timer worker before or after the commit",
        "fires later, or has fired and does not again",
        ["test_killed_over_an_alarm_it_fires_once"],
    ),
    (
        "SLA replay from 0 with live traffic",
        "no new events, identical tables",
        ["test_sla_replayed_from_the_first_event_beside_live_traffic_says_nothing_new"],
    ),
    (
        "a breach due while the service was away",
        "said once, late, with its due instant",
        ["test_a_promise_broken_while_sla_was_away_is_said_once_and_late"],
    ),
    (
        "PostgreSQL killed under load",
        "not ready until it is back, nothing acknowledged is lost",
        ["test_postgres_killed_under_load_loses_nothing_that_was_acknowledged"],
    ),
    (
        "the broker is away",
        "everything is accepted and flows afterwards; 503 when too much waits",
        [
            "test_while_the_broker_is_away_everything_is_accepted_and_flows_afterwards",
            "test_above_it_refuses_for_a_while",
        ],
    ),
    (
        "the broker loses its tail",
        "verify-log finds the hole, the relays send it again",
        [
            "test_a_log_that_lost_its_end_gets_it_again_from_the_outboxes",
            "test_an_empty_broker_gets_everything_again_from_the_outboxes",
        ],
    ),
    (
        "the log is shorter than a checkpoint",
        "stop with a clear word, never jump",
        ["test_a_log_shorter_than_what_was_read_stops_everybody_with_a_clear_word"],
    ),
    (
        "PostgreSQL restored from yesterday",
        "a new epoch, an alarm, no new event dropped",
        ["test_a_database_of_yesterday_takes_back_what_the_log_remembers_and_drops_nothing_new"],
    ),
    (
        "a poisoned event",
        "its case is set aside in order, all others flow",
        ["test_a_poisoned_case_is_set_aside_in_order_and_all_others_flow"],
    ),
    (
        "rolling deploy",
        "an old consumer passes over a new type and counts it",
        ["test_an_old_consumer_passes_over_a_type_of_a_newer_release"],
    ),
    (
        "a person erased during a replay",
        "every figure stays",
        ["test_a_person_erased_during_a_replay_leaves_every_figure"],
    ),
]

TESTS = Path(__file__).parents[1]
PLACES = [*TESTS.glob("faults/test_matrix_*.py"), TESTS / "libs" / "service" / "test_host.py"]


def names() -> set[str]:
    """Return the names of all tests that may prove a row."""
    trees = [ast.parse(path.read_text("utf-8")) for path in PLACES]
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = (node for tree in trees for node in ast.walk(tree) if isinstance(node, functions))
    return {node.name for node in found if node.name.startswith("test_")}


@pytest.mark.parametrize(("fault", "outcome", "tests"), ROWS, ids=[fault for fault, _, _ in ROWS])
def test_a_row_is_proved_by_tests_that_exist(fault: str, outcome: str, tests: list[str]) -> None:
    assert tests and set(tests) <= names(), outcome


def test_no_row_is_missing() -> None:
    assert len(ROWS) == 18
