"""The stories of the load are orderly: a cancellation ends one, and comes before the case closes by itself."""

from random import Random

from pytest import mark

from libs.events.words.now import real_now
from tests.faults.load import Load

pytestmark = mark.fast


def test_no_case_is_cancelled_after_its_last_node():
    stories = [[step.kind for step in Load(None, Random(seed), "r", None).steps(real_now())] for seed in range(300)]
    cancelled = [story for story in stories if "cancel" in story]
    assert {story[-1] for story in cancelled} == {"cancel"}
    completed = [story.count("complete") for story in stories]
    assert max(story.count("complete") for story in cancelled) == max(completed) - 1
