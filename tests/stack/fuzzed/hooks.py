"""What schemathesis cannot know: which no is a rule's, and which says that the request was not understood."""

import schemathesis

MALFORMED = {
    "invalid-request", "invalid-json", "unreadable-body", "unsupported-media-type", "invalid-path", "body-too-large",
    "idempotency-key-missing", "idempotency-key-invalid", "position-invalid", "bad-batch",
}  # fmt: skip
# "if-match-invalid" is not among them: schemathesis sends tags without the quotes that their pattern asks for.


@schemathesis.check
def well_formed_is_understood(ctx, response, case):
    """A request that the description allows is never refused as malformed."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if "problem+json" in "".join(response.headers.get("content-type", [])):
        if {one.get("code") for one in response.json().get("errors", [])} == {"int_type"}:
            return  # to JSON Schema 1.0 is an integer, and so to schemathesis; to us it is a number of another type
        code = response.json()["type"].rsplit("/", 1)[-1]
        assert code not in MALFORMED, f"a well formed request was called malformed: {response.json()}"


@schemathesis.check
def a_no_is_a_problem(ctx, response, case):
    """Every refusal is a problem with a word on the remedy, or a page for people."""
    if response.status_code < 400:
        return
    kind = "".join(response.headers.get("content-type", []))
    if "text/html" in kind and case.path.startswith("/s/"):
        return
    told = response.json()
    assert "application/problem+json" in kind and told["status"] == response.status_code, told
    assert len(told["detail"]) > 15 and "Traceback" not in response.text, told
