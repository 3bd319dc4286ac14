"""A unique reference names one case, even when several clients send it at once through different instances."""

from concurrent.futures import ThreadPoolExecutor

CASE = {"channel": "phone", "process_id": "inbound-call", "external_ref": "CRM-77", "unique": True, "source": "crm"}


def test_of_many_that_register_one_reference_at_once_one_is_first_and_the_others_are_told_which(calm):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: calm.post("intake", "/cases", CASE, {"Idempotency-Key": f"unique {n}"}), range(16)))
    first = next(one for one in answers if one.status_code == 201)
    others = [one for one in answers if one is not first]
    assert {one.status_code for one in others} == {409}, [one.text for one in others]
    assert {one.json()["type"] for one in others} == {"/problems/external-ref-taken"}
    assert {one.headers["Location"] for one in others} == {first.headers["Location"]}
    assert all(first.json()["case_id"] in one.json()["detail"] for one in others)
    again = calm.post("intake", "/cases", CASE, {"Idempotency-Key": f"unique {answers.index(first)}"})
    assert (again.status_code, again.json()) == (201, first.json())


def test_without_the_word_a_reference_may_name_several(calm):
    twice = [calm.post("intake", "/cases", CASE | {"unique": False, "external_ref": "CRM-78"}) for _ in range(2)]
    assert len({one.json()["case_id"] for one in twice}) == 2


def test_a_thousand_creates_with_one_key_register_one_case(calm):
    body = {"channel": "phone", "process_id": "inbound-call", "subject": "all at once"}
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: calm.post("intake", "/cases", body, {"Idempotency-Key": "a thousand"}), range(1000)))
    assert {one.status_code for one in answers} == {201}
    assert len({one.text for one in answers}) == 1


def test_of_two_agents_who_start_a_visit_at_once_one_has_it(calm):
    cases = [
        calm.post("intake", "/cases", {"channel": "phone", "process_id": "inbound-call"}).json()["case_id"] for _ in range(12)
    ]
    for case_id in cases:
        calm.eventually("routing", f"/cases/{case_id}", lambda case: case["node"] == "n1")
    with ThreadPoolExecutor(8) as pool:
        asked = [(case_id, agent) for case_id in cases for agent in ("ana", "eva")]
        path = "/cases/{}/nodes/n1/start"
        answers = list(pool.map(lambda one: calm.post("routing", path.format(one[0]), {"agent": one[1]}), asked))
    for first, second in zip(answers[::2], answers[1::2], strict=True):
        has, has_not = sorted((first, second), key=lambda one: one.status_code)
        assert (has.status_code, has_not.status_code) == (200, 409), has_not.text
        holder = has.json()["case"]["visit_agent"]
        assert has_not.json()["type"] == "/problems/visit-taken" and has_not.json()["detail"].startswith(holder)
        assert calm.get("routing", f"/cases/{has.json()['case']['case_id']}").json()["visit_agent"] == holder
