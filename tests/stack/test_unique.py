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
