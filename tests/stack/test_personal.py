"""Personal data: only the first telling writes it, a request erases it, and it stands nowhere but in the vault."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

FACT = {"system": "vault", "sequence": 1, "type": "case.registered", "time": "2020-01-01T00:00:00Z"}
NAME, PHONE, WORDS = "Ottilie Quastenflosser", "+49 30 5550199", "my neighbour's parrot reads my letters"


def told(case: str, words: str, said: str = "") -> dict:
    data = {"channel": "web", "customer_ref": "c", "kind": "request", "process_id": "it-incident", "process_version": 1}
    return FACT | {"case": case, "data": data | {"fields": {"words": words}, "external_ref": said or words}}


def statuses(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["status"] for one in answer.json()["verdicts"]]


def kept(running, words: str) -> int:
    return running.query("select count(*) as n from intake_core.vault where fields::text like $1", f"%{words}%")[0]["n"]


@pytest.mark.parametrize(
    ("how", "said", "verdict"),
    [
        ("later", "", "conflict"),
        ("in the same request", "", "conflict"),
        ("later, and it says the same", "the same", "duplicate"),
        ("in the same request, and it says the same", "the same", "duplicate"),
    ],
)
def test_an_import_that_comes_second_leaves_the_vault_alone(calm, how, said, verdict):
    first, other = told(how, f"first {how}", said), told(how, f"other {how}", said)
    if how.startswith("later"):
        found = statuses(calm.post("intake", "/import", {"facts": [first]}))
        found += statuses(calm.post("intake", "/import", {"facts": [other]}))
    else:
        found = statuses(calm.post("intake", "/import", {"facts": [first, other]}))
    assert found == ["recorded", verdict]
    assert (kept(calm, f"first {how}"), kept(calm, f"other {how}")) == (1, 0)


def test_of_imports_that_conflict_at_the_same_time_the_vault_has_the_one_that_stands(calm):
    def send(one: tuple[int, int]) -> tuple[str, list[str]]:
        number, teller = one
        words = f"race {number:02} teller {teller}"
        return words, statuses(calm.post("intake", "/import", {"facts": [told(f"race {number}", words)]}))

    with ThreadPoolExecutor(8) as tellers:
        answers = list(tellers.map(send, [(number, teller) for number in range(10) for teller in range(8)]))
    recorded = [words for words, found in answers if found == ["recorded"]]
    assert len(recorded) == 10 and all(found in (["recorded"], ["conflict"]) for _, found in answers)
    assert [words for words, _ in answers if kept(calm, words)] == recorded


@pytest.fixture(scope="module")
def person(calm):
    """Somebody whose case is registered, with words at every place that takes words."""
    case = {
        "channel": "phone",
        "process_id": "inbound-call",
        "subject": WORDS,
        "description": WORDS,
        "fields": {"words": WORDS},
        "customer": {"name": NAME, "phone": PHONE, "email": "ottilie@example.com"},
    }
    answer = calm.post("intake", "/cases", case)
    told = answer.json()
    note = {"direction": "inbound", "channel": "phone", "purpose": "info", "note": WORDS}
    assert calm.post("intake", f"/cases/{told['case_id']}/contacts", note).status_code == 201
    # What is malformed is told without being quoted.
    assert calm.post("intake", "/cases", case | {"customer": {"name": NAME, "phone": PHONE, "email": WORDS}}).status_code == 422
    return told


def test_a_person_is_in_the_vault_and_nowhere_else(calm, person):
    calm.settle()
    sheet = calm.get("intake", f"/cases/{person['case_id']}").text
    assert NAME in sheet and PHONE in sheet and WORDS in sheet
    tables = calm.query(
        "select format('%I.%I', table_schema, table_name) as name from information_schema.tables "
        "where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')"
    )
    holding = []
    for table in (one["name"] for one in tables):
        for secret in (NAME, PHONE, WORDS.replace("'", "''")):
            # Bytes are looked through as the text they hold.
            [row] = calm.query(
                f"select exists (select from {table} t where t::text like '%{secret}%' "
                f"or t::text like '%' || encode(convert_to('{secret}', 'UTF8'), 'hex') || '%') as found"
            )
            holding += [table] if row["found"] else []
    assert set(holding) <= {"intake_core.vault", "intake_core.contact_notes"} and holding


def test_no_process_has_written_a_person_or_a_key_into_its_log(calm, person):
    for service in calm.stack.ports:
        said = calm.stack.home.log(service).read_text("utf-8")
        secrets = [NAME, PHONE, "parrot", "ottilie@", calm.key, calm.reader, *map(calm.stack.home.secret, ("pepper", "survey"))]
        assert [secret for secret in secrets if secret in said or json.dumps(secret)[1:-1] in said] == []


def test_a_person_is_forgotten_and_no_figure_changes(calm, person):
    path = f"/customers/{person['customer_ref']}/personal"
    before = [
        calm.get("analytics", "/figures").json(),
        calm.get("intake", f"/cases?customer_ref={person['customer_ref']}").json(),
    ]
    erased = [calm.http.delete(f"{calm.stack.url('intake')}{path}") for _ in range(2)]
    assert [one.json() for one in erased] == [{"case_ids": [person["case_id"]]}] * 2
    sheet = calm.get("intake", f"/cases/{person['case_id']}").json()
    assert (sheet["subject"], sheet["description"], sheet["fields"], sheet["customer"], sheet["notes"]) == ("", "", {}, {}, {})
    survey = calm.http.delete(f"{calm.stack.url('survey')}/cases/{person['case_id']}/personal")
    assert (survey.status_code, survey.json()) == (200, {"comments": 0})
    assert [
        calm.get("analytics", "/figures").json(),
        calm.get("intake", f"/cases?customer_ref={person['customer_ref']}").json(),
    ] == before
