"""Personal data: only the first telling writes it, a request erases it, and it stands nowhere but in the vault."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.safety.asking import operations, resolved, words_of

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


HELD = {
    "intake_core.vault",
    "intake_core.contact_notes",
    "intake_core.words",
    "intake_core.supplied",
    "intake_core.records",
    "intake_core.attachments",
    "routing_core.words",
    "survey_core.comments",
    "analytics_core.words",
}
"""Places where words of people may stand."""

FREE = {
    "intake.post_case": {"subject", "description", "fields", "customer.id", "customer.name", "customer.email", "customer.phone"},
    "intake.post_contact": {"note"},
    "intake.post_fields": {"fields"},
    "intake.post_record": {"data"},
    "intake.post_confirmation": {"evidence", "comment"},
    "intake.post_cancel": {"reason"},
    "intake.post_due": {"reason"},
    "intake.post_import": {"facts.data"},
    "routing.grade_case_id": {"reason"},
    "routing.assign_case_id": {"reason"},
    "routing.escalate_case_id": {"reason"},
    "routing.resolve_case_id": {"reason"},
    "routing.close_case_id": {"reason"},
    "routing.reopen_case_id": {"reason"},
    "routing.complete_node": {"outputs"},
    "routing.return_node": {"reason"},
    "routing.handover_node": {"reason"},
    "routing.note_node": {"note"},
    "routing.skip_node": {"reason"},
    "routing.decide_gate": {"reason"},
    "analytics.post_correction": {"why"},
    "analytics.start_correction": {"plan"},
    "analytics.post_risk": {"what"},
}
CLEAR = {
    "channel", "process_id", "kind", "form", "external_ref", "source", "direction", "purpose", "agent", "team", "role", "to_role",
    "outcome", "repeats", "follows", "decision", "service_class", "category", "severity", "grade", "to_node", "customer.language",
    "facts.system", "facts.case", "facts.type", "facts.shared_with", "owner", "figure",
}  # fmt: skip
"""Texts of requests about cases, corrections and risks: those in which people write freely, and those that are said in clear."""


def texts(schema, place=""):
    """Yield the places of a body's schema that take any text, not only some listed words."""
    for part in schema.get("anyOf", [schema]):
        if "properties" in part:
            for name, inner in part["properties"].items():
                yield from texts(inner, f"{place}.{name}".strip("."))
        elif part.get("type") == "array":
            yield from texts(part["items"], place)
        elif part.get("type") in ("string", "object") and part.get("format") not in ("date-time", "uuid") and not words_of(part):
            yield place


def test_every_text_that_a_request_about_cases_takes_is_free_or_known_to_be_said():
    wanted = {}
    for one in operations():
        is_published = one.path.startswith(("/processes", "/calendars", "/holidays", "/policies", "/rosters", "/reckonings"))
        if one.method == "post" and not is_published and (body := one.body()) is not None:
            wanted[one.name] = set(texts(flat(one.service, body))) - CLEAR
    assert {name: places for name, places in wanted.items() if places} == FREE


def flat(service, schema):
    """Return a schema with its references followed."""
    if isinstance(schema, dict):
        schema = resolved(service, schema) if "$ref" in schema else schema
        return {name: flat(service, inner) for name, inner in schema.items()}
    return [flat(service, one) for one in schema] if isinstance(schema, list) else schema


@pytest.fixture(scope="module")
def person(calm):
    """A person whose name, number and words stand in every free field; no answer or view may reveal them."""
    case = {
        "channel": "phone",
        "process_id": "inbound-call",
        "process_version": 1,  # a case ends as unreachable without attempts
        "subject": WORDS,
        "description": WORDS,
        "fields": {"words": WORDS, "urgency": "routine", "topic": "usage"},
        "customer": {"id": f"{NAME} {PHONE}", "name": NAME, "phone": PHONE, "email": "ottilie@example.com"},
    }
    answer = calm.post("intake", "/cases", case)
    told, position = answer.json(), answer.headers["Position"]
    case_id, said = told["case_id"], f"{NAME}, {PHONE}: {WORDS}"

    def step(path, body, status=200):
        nonlocal position
        done = calm.post("routing", f"/cases/{case_id}{path}", body, {"Position": position})
        assert done.status_code == status, done.text
        assert NAME not in done.text and PHONE not in done.text, "the answer is kept for repetitions"
        position = done.headers.get("Position", position)

    note = {"direction": "inbound", "channel": "phone", "purpose": "info", "note": WORDS}
    assert calm.post("intake", f"/cases/{case_id}/contacts", note).status_code == 201
    sent = {"file": (f"{NAME} {PHONE}.txt", WORDS.encode())}
    attached = calm.http.post(
        f"{calm.stack.url('intake')}/cases/{case_id}/attachments", files=sent, headers={"Idempotency-Key": case_id}
    )
    assert attached.status_code == 201 and NAME not in attached.text
    step("/assign", {"team": "customer_service", "agent": "li", "reason": said})
    step("/escalate", {"to_role": "cs_supervisor", "reason": said})
    step("/nodes/n1/start", {})
    step("/nodes/n1/complete", {"outputs": ["contact", f"contact_name={said[:150]}", said[:200]]})
    step("/nodes/n2/note", {"kind": "help", "note": said})
    step("/nodes/n2/handover", {"team": "customer_service", "agent": "mo", "reason": said})
    step("/nodes/n2/start", {"agent": "mo"})
    step("/nodes/n2/return", {"to_node": "n1", "reason": said})
    step("/resolve", {"outcome": "unreachable", "reason": said})
    step("/reopen", {"reason": said})
    # A refusal does not quote the refused value.
    step("/escalate", {"to_role": "nobody", "reason": said}, 422)
    step("/nodes/n5/complete", {"outputs": [said[:200]]}, 409)
    assert calm.post("intake", "/cases", case | {"customer": {"name": NAME, "phone": PHONE, "email": WORDS}}).status_code == 422
    assert calm.post("intake", f"/cases/{case_id}/cancel", {"reason": said[:200]}).status_code == 200
    complaint = case | {"process_id": "complaint-quality", "customer": {"name": NAME}, "fields": {"affected": "one"}}
    anonymous = calm.post("intake", "/cases", complaint)
    graded = f"/cases/{anonymous.json()['case_id']}/grade"
    for word in ("urgent", "normal"):
        done = calm.post("routing", graded, {"grade": word, "reason": said}, {"Position": anonymous.headers["Position"]})
        assert done.status_code == 200, done.text
    facts = [FACT | {"case": "free", "data": told_data({"words": said})}]
    for sequence, (type_, data) in enumerate(imported(said), 2):
        facts.append(FACT | {"case": "free", "sequence": sequence, "type": type_, "data": data})
    assert statuses(calm.post("intake", "/import", {"facts": facts})) == ["recorded"] * len(facts)
    # A row that is refused is told without being quoted, too.
    assert statuses(calm.post("intake", "/import", {"facts": [FACT | {"case": "x", "type": "case.closed", "data": {said: 1}}]}))
    return told | {"anonymous": anonymous.json()["case_id"]}


def told_data(fields):
    data = {"channel": "web", "customer_ref": "c", "kind": "request", "process_id": "it-incident", "process_version": 1}
    return data | {"fields": fields, "external_ref": "free"}


def imported(said):
    yield "case.assigned", {"team": "t", "reason": said}
    yield "case.graded", {"grade": "urgent", "reason": said}
    yield "case.escalated", {"kind": "functional", "to_role": "r", "reason": said}
    yield "node.returned", {"node": "n2", "to_node": "n1", "reason": said}
    yield "node.completed", {"node": "n1", "outputs": ["done", f"name={said[:150]}", said[:200]]}
    yield "case.reopened", {"reason": said}
    yield "case.cancelled", {"reason": said[:200]}


def test_a_person_is_in_the_vaults_and_nowhere_else(calm, person):
    calm.come_to_rest()
    sheet = calm.get("intake", f"/cases/{person['case_id']}").text
    assert NAME in sheet and PHONE in sheet and WORDS in sheet
    words = calm.get("routing", f"/cases/{person['case_id']}/words").json()["words"]
    assert len(words) == 2 and all(NAME in one for one in words.values())
    tables = calm.query(
        "select format('%I.%I', table_schema, table_name) as name from information_schema.tables "
        "where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')"
    )
    holding = []
    for table in (one["name"] for one in tables):
        for secret in (NAME, PHONE, WORDS.replace("'", "''"), WORDS.replace("'", "")):
            # Bytes are looked through as the text they hold.
            [row] = calm.query(
                f"select exists (select from {table} t where t::text like '%{secret}%' "
                f"or t::text like '%' || encode(convert_to('{secret}', 'UTF8'), 'hex') || '%') as found"
            )
            holding += [table] if row["found"] else []
    assert set(holding) <= HELD and {
        "intake_core.vault",
        "intake_core.attachments",
        "intake_core.words",
        "routing_core.words",
    } <= set(holding)


def test_the_customers_own_page_has_no_names_and_no_words(calm, person):
    """A link may be passed on; what it shows tells nothing of her, nor of those who work on it."""
    link = calm.get("intake", f"/cases/{person['case_id']}").json()["tracking"]
    assert link == person["tracking"]
    page = calm.http.get(link, headers={"Authorization": "", "Accept": "text/html"})
    assert page.status_code == 200
    assert [word for word in (NAME, PHONE, "parrot", "li<", "customer_service", "cs_supervisor") if word in page.text] == []


def test_no_figure_tells_of_a_person_or_of_one_case(calm, person):
    """By all dimensions at once, so that each row is as near to one case as a figure comes."""
    calm.come_to_rest()
    measures = calm.get("analytics", "/measures").json()["items"]
    asked = [(one["name"], ",".join(("day", *one["by"][3:]))) for one in measures if one["by"]]
    found = [
        calm.get("analytics", f"/figures/{name}", params={"by": by}, headers={"Accept": form})
        for name, by in asked
        for form in ("application/json", "text/csv")
    ]
    assert {answer.status_code for answer in found} == {200} and any(answer.json()["rows"] for answer in found[::2])
    secrets = (NAME, PHONE, "parrot", "ottilie@", "words:", person["case_id"], person["customer_ref"], person["anonymous"])
    told = [(answer.url, secret) for answer in found for secret in secrets if secret in answer.text]
    assert told == []


def test_no_process_has_written_a_person_or_a_key_into_its_log(calm, person):
    for service in calm.stack.ports:
        said = calm.stack.home.log(service).read_text("utf-8")
        secrets = [
            NAME,
            PHONE,
            "parrot",
            "ottilie@",
            calm.key,
            calm.reader,
            *map(calm.stack.home.secret, ("pepper", "survey", "tracking")),
        ]
        assert [secret for secret in secrets if secret in said or json.dumps(secret)[1:-1] in said] == []


def test_a_person_is_forgotten_and_no_figure_changes(calm, person):
    calm.come_to_rest()
    before = figures(calm)
    theirs = f"/customers/{person['customer_ref']}/personal"
    for _ in range(2):
        erased = calm.http.delete(f"{calm.stack.url('intake')}{theirs}")
        assert erased.json() == {"case_ids": [person["case_id"]]}
    routing = [calm.http.delete(f"{calm.stack.url('routing')}/cases/{person['case_id']}/personal").json() for _ in range(2)]
    assert routing == [{"words": 2}, {"words": 0}]
    survey = calm.http.delete(f"{calm.stack.url('survey')}/cases/{person['case_id']}/personal")
    assert (survey.status_code, survey.json()) == (200, {"comments": 0})
    sheet = calm.get("intake", f"/cases/{person['case_id']}").json()
    assert not any(sheet[name] for name in ("subject", "description", "fields", "customer", "notes", "words"))
    assert calm.get("routing", f"/cases/{person['case_id']}/words").json() == {"words": {}}
    [file] = calm.get("intake", f"/cases/{person['case_id']}/attachments").json()["items"]
    assert (file["name"], file["sha256"]) == ("", "")
    assert [
        one for one in (calm.stack.home.folder / "attachments").rglob("*") if one.is_file() and person["case_id"] in str(one)
    ] == []
    assert figures(calm) == before
    assert calm.verify() == []


def test_a_customer_with_only_a_name_is_forgotten_case_by_case(calm, person):
    before, case_id = figures(calm), person["anonymous"]
    refused = calm.http.delete(f"{calm.stack.url('intake')}/customers/anonymous/personal")
    assert refused.status_code == 422 and "/cases/{case_id}/personal" in refused.json()["detail"]
    assert NAME in calm.get("intake", f"/cases/{case_id}").text
    for _ in range(2):
        erased = calm.http.delete(f"{calm.stack.url('intake')}/cases/{case_id}/personal")
        assert (erased.status_code, erased.json()) == (200, {"case_ids": [case_id]})
    assert calm.http.delete(f"{calm.stack.url('intake')}/cases/nobody/personal").status_code == 404
    assert NAME not in calm.get("intake", f"/cases/{case_id}").text
    assert figures(calm) == before


def figures(calm):
    return [calm.get("analytics", "/figures").json(), calm.get("intake", "/cases?limit=200").json()]
