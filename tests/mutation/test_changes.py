"""What can be changed in a rule, how a change is named, and what the command makes of those that nobody noticed."""

import pytest
import yaml

from tests.mutation.__main__ import EQUAL, drawn, stamped, told
from tests.mutation.changes import changes_of, of_the_domains
from tests.mutation.trial import NOTICED, ROOT, SURVIVED, rounds


def instead(source: str) -> list[str]:
    return [one.applied(source) for one in changes_of("rule.py", source)]


@pytest.mark.parametrize(
    ("why", "source", "changed"),
    [
        ("a border", "x = a < b", ["x = (a <= b)"]),
        ("the other border", "x = a >= b", ["x = (a > b)"]),
        ("each of a chain", "x = a < b <= c", ["x = (a <= b <= c)", "x = (a < b < c)"]),
        ("both or one", "x = a and b", ["x = (a or b)"]),
        ("more or less", "x = a + b", ["x = (a - b)"]),
        ("not", "x = not a", ["x = (a)"]),
        ("a number's sign", "x = -a", ["x = (a)"]),
        ("a sum", "x += a", ["x -= a"]),
        ("a condition", "if a: pass", ["if True: pass", "if False: pass"]),
        ("a choice", "x = a if b else c", ["x = a if True else c", "x = a if False else c"]),
        ("a filter", "x = [a for a in b if c]", ["x = [a for a in b if True]", "x = [a for a in b if False]"]),
        ("a result", "def f(): return a", ["def f(): return None"]),
        ("a verdict", "def f(): return True", ["def f(): return False"]),
        ("what is yielded", "def f(): yield a", ["def f(): yield from ()"]),
        ("more than ASCII before it", "x = '谢谢', a < b", ["x = '谢谢', (a <= b)"]),
        ("no result: nothing", "def f(): return None", []),
        ("a type: nothing", "def f(a: int | None) -> int | None: pass", []),
        ("a union of types: nothing", "Survey = Sent | Expired", []),
        ("a message: nothing", "x = f'{a + b}'", []),
    ],
)
def test_what_can_be_changed(why, source, changed):
    assert instead(source) == changed, why


def test_a_case_of_a_match_is_guarded():
    source = "match a:\n    case 1 if b:\n        pass\n"
    assert instead(source) == [source.replace("if b", f"if {word}") for word in ("True", "False")]


def test_a_name_stays_when_lines_move_and_tells_equal_ones_apart():
    source = "def f(a, b):\n    x = a < b\n    return a < b\n"
    keys = [one.key for one in changes_of("rule.py", source)]
    assert keys == ["rule.py f: a < b -> (a <= b)", "rule.py f: return a < b -> return None", "rule.py f: a < b -> (a <= b) #2"]
    assert [one.key for one in changes_of("rule.py", "\n\n# moved\n" + source)] == keys


def test_every_change_of_the_five_domains_can_be_compiled_and_named():
    sources = of_the_domains(ROOT)
    changes = [one for file, source in sources.items() for one in changes_of(file, source)]
    assert len({one.key for one in changes}) == len(changes) > 2_000
    for one in drawn(sources, 50, seed=1):
        compile(one.applied(sources[one.file]), one.file, "exec")


def test_a_seed_gives_the_same_changes_again():
    sources = {"a.py": "x = a < b < c < d", "b.py": "y = a + b"}
    assert drawn(sources, 2, 7) == drawn(sources, 2, 7) and len(drawn(sources, 99, 7)) == 4
    assert [one.file for one in drawn(sources, 9, 7, only="b")] == ["b.py"]


def test_a_rule_is_shown_to_the_tests_beside_it_first_and_one_that_is_said_to_be_equal_to_no_others():
    sla = "tests/services/sla"
    rows = [one.tests for one in rounds("services/sla/domain/breach.py")]
    assert rows[:3] == [["-m", "fast", f"{sla}/domain/test_breach.py"], ["-m", "fast", sla], ["-m", "slow", sla]]
    assert [(tier, others[-1]) for _, tier, *others in rows[3:]] == [("fast", f"--ignore={sla}"), ("slow", f"--ignore={sla}")]
    assert [one.tests for one in rounds("services/sla/domain/untested.py", everywhere=False)] == rows[1:3]


def test_what_is_said_to_be_equal_can_be_tried():
    named = {one.key for file, source in of_the_domains(ROOT).items() for one in changes_of(file, source)}
    gone = yaml.safe_load(EQUAL.read_text("utf-8")).keys() - named
    assert not gone, f"take these out of {EQUAL.name}, or name them as they are called now: {gone}"


def test_a_verdict_holds_while_no_file_changes(tmp_path):
    rule = tmp_path / "services/rule.py"
    rule.parent.mkdir()
    stamps = [rule.write_text(text) and stamped(tmp_path) for text in ("a", "b", "a")]
    assert stamps[0] == stamps[2] != stamps[1]


@pytest.mark.parametrize(
    ("why", "survived", "equal", "code"),
    [
        ("all noticed", 0, 0, 0),
        ("just enough", 3, 0, 0),
        ("one too many", 4, 0, 1),
        ("explained ones do not count", 4, 4, 0),
        ("an explanation too few", 9, 5, 1),
    ],
)
def test_97_of_100_must_be_noticed(why, survived, equal, code, capsys):
    source = "\n".join(f"x{n} = a + b{n}" for n in range(100))
    changes = changes_of("rule.py", source)
    found = {one.key: SURVIVED if n < survived else NOTICED for n, one in enumerate(changes)}
    reasons = {one.key: "nothing follows" for one in changes[:equal]}
    assert told(changes, found, {"rule.py": source}, reasons) == code, why
    said = capsys.readouterr().out
    assert all(f"+x{n} = (a - b{n})" in said for n in range(equal, survived)) and said.count("nothing follows") == equal
