"""The service's own description: FastAPI's, with problems instead of its errors and the headers all routes share."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from libs.web.access import API_KEY, BEARER
from libs.web.position import FORM as POSITION
from libs.web.problems import MEDIA_TYPE
from libs.web.routes import PROBES
from libs.web.tables import CSV, table_of
from libs.web.ways import Ways
from libs.web.words import WORDS
from libs.web.writes import KEY_LENGTH_MAX

_ANY_ROUTE = ("400", "503", "default")
_WITH_BODY = ("413", "415")
_METHODS_WITH_BODY = {"post", "put", "patch"}
_TAG = {"pattern": r'^"[0-9]{1,18}"$'}
FORMS: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {"minLength": 1, "maxLength": KEY_LENGTH_MAX, "pattern": "^[ -~]+$"},
    "If-Match": {"pattern": r'^(\*|"[0-9]{1,18}")$'},
    "Position": {"pattern": f"^{POSITION}$"},
}
"""Headers that are refused in any other form. Those that only name a request are never a reason to refuse it."""

TOLD: dict[str, dict[str, Any]] = {
    "ETag": {"type": "string", **_TAG},
    "Position": {"type": "string", **FORMS["Position"]},
    "Data-As-Of": {"type": "string", "format": "date-time"},
    "Location": {"type": "string", "format": "uri-reference"},
    "Link": {"type": "string"},
    "Idempotent-Replayed": {"type": "string", "enum": ["true"]},
    "Retry-After": {"type": "string", "pattern": "^[0-9]+$"},
    "WWW-Authenticate": {"type": "string"},
    "RateLimit-Policy": {"type": "string", "examples": ['"key";q=600;w=60']},
    "RateLimit": {"type": "string", "examples": ['"key";r=599;t=60']},
}
"""Headers of answers, beside X-Request-ID, which all have."""

_OF_PROBLEMS = {"401": ("WWW-Authenticate",)} | dict.fromkeys(("404", "429", "503"), ("Retry-After",))
_OF_RATES = ("RateLimit-Policy", "RateLimit")
_NAMED = {"required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 128}}


def describer(app: FastAPI, language: str) -> Callable[[], dict[str, Any]]:
    """Return what the app answers at /openapi.json; made once, at the first question."""
    words, made = WORDS[language], dict[str, Any]()

    def describe() -> dict[str, Any]:
        if not made:
            told = "\n\n".join(text for text in (app.description, words["shell"]) if text)
            made.update(
                get_openapi(
                    title=app.title,
                    version=app.version,
                    description=told,
                    routes=app.routes,
                    tags=app.openapi_tags,
                    servers=[{"url": "/"}],
                    contact={"name": "Loopdesk"},
                    license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
                )
            )
            _customise(made, words, Ways(app.routes))
        return made

    return describe


def _customise(document: dict[str, Any], words: Any, ways: Ways) -> None:
    parts = document.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = _problem_schema(words)
    if schemes := parts.get("securitySchemes"):
        schemes[API_KEY] = {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key, alone."}
    parts["headers"] = {name: {"description": words[f"told {name}"], "schema": schema} for name, schema in TOLD.items()}
    parts["responses"] = {f"Problem{code}": _response(code, words[code]) for code in words if code[0].isdigit() and code != "304"}
    parts["responses"]["Problemdefault"] = _response("default", words["default"])
    parts["parameters"] = {name: _parameter(name, words[name]) for name in ("X-Request-ID", "traceparent")}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            read = ways.of(path)[method.upper()].headers
            operation.setdefault("parameters", []).extend({"name": name, "in": "header"} for name in read)
            _operation(document, method, operation, words, is_counted=path not in PROBES)
    for kind in ("responses", "headers", "schemas"):
        _drop_unused(document, kind)


def _operation(document: dict[str, Any], method: str, operation: dict[str, Any], words: Any, *, is_counted: bool) -> None:
    parameters = operation["parameters"]
    names = {parameter.get("name") for parameter in parameters}
    answers = operation.setdefault("responses", {})
    # FastAPI's own 422 describes a body that this shell never sends.
    if "HTTPValidationError" in str(answers.get("422")):
        del answers["422"]
    operation["security"] = [{BEARER: []}, {API_KEY: []}] if operation.get("security") else []
    for code in sorted({*_codes(method, operation, names), *(("429",) if is_counted else ())}):
        answers.setdefault(code, {"$ref": f"#/components/responses/Problem{code}"})
    if method == "get":
        _offer(document, operation, words)
    dated = _told("Data-As-Of") if method == "get" and "Position" in names else {}
    rates = _told(*_OF_RATES) if is_counted else {}
    for code, answered in answers.items():
        if "$ref" not in answered:
            told = _told("Position", "ETag", "Idempotent-Replayed") if code[0] == "2" and "Idempotency-Key" in names else {}
            told |= dated if code in ("200", "304") else {}
            answered["headers"] = {"X-Request-ID": _NAMED, **told, **rates, **answered.get("headers", {})}
    for parameter in parameters:
        _explain(parameter, words)
    parameters += [{"$ref": f"#/components/parameters/{name}"} for name in ("X-Request-ID", "traceparent")]


def _codes(method: str, operation: dict[str, Any], names: set[Any]) -> Iterator[str]:
    """Yield the problems that an operation may answer with."""
    yield from _ANY_ROUTE
    yield from ("422",)  # a parameter that is not known is one anywhere
    if method in _METHODS_WITH_BODY:
        yield from _WITH_BODY
    if operation["security"]:
        yield from ("401", "403")
    if any(parameter.get("in") == "path" for parameter in operation["parameters"]):
        yield "404"
    if "Idempotency-Key" in names:
        yield "409"
    if "If-Match" in names:
        yield "412"


def _offer(document: dict[str, Any], operation: dict[str, Any], words: Any) -> None:
    """Say in which other forms a question is answered (libs/web/formats.py)."""
    answer = operation["responses"]["200"]
    if "ETag" in answer.get("headers", {}):
        operation["parameters"].append(_parameter("If-None-Match", words["If-None-Match"]))
        operation["responses"]["304"] = {"description": words["304"], "headers": _told("ETag")}
    if (table := table_of(document, operation)) is not None:
        answer["content"][CSV] = {"schema": {"type": "string"}}
        if table.rows == "items" and {"limit", "cursor"} <= {one.get("name") for one in operation["parameters"]}:
            answer["headers"] = {**answer.get("headers", {}), **_told("Link")}


def _told(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _explain(parameter: dict[str, Any], words: Any) -> None:
    if parameter.get("in") != "header" or parameter["name"] not in FORMS:
        return
    parameter["description"] = words[parameter["name"]]
    parameter["schema"] = {"type": "string", **FORMS[parameter["name"]]}
    # Declared optional, so that a missing key is our 400, not a validation error.
    parameter["required"] = parameter["name"] == "Idempotency-Key"


def _parameter(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": text, "schema": {"type": "string"}}


def _response(code: str, text: str) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "description": text,
        "content": content,
        "headers": {"X-Request-ID": _NAMED, **_told(*_OF_PROBLEMS.get(code, ()), *_OF_RATES)},
    }


def _drop_unused(document: dict[str, Any], kind: str) -> None:
    parts = document["components"][kind]
    while unused := parts.keys() - set(_references(document, f"#/components/{kind}/")):
        for name in unused:
            del parts[name]


def _references(node: Any, prefix: str) -> Iterable[str]:
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith(prefix):
            yield reference.removeprefix(prefix)
        for child in node.values():
            yield from _references(child, prefix)
    elif isinstance(node, list):
        for child in node:
            yield from _references(child, prefix)


def _problem_schema(words: Any) -> dict[str, Any]:
    texts = {name: {"type": "string"} for name in ("title", "detail", "instance", "request_id")}
    error = {"type": "object", "required": ["code", "detail"]} | {
        "properties": {name: {"type": "string"} for name in ("pointer", "in", "name", "code", "detail")}
    }
    return {
        "type": "object",
        "description": words["problem"],
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "status": {"type": "integer"},
            **texts,
            "errors": {"type": "array", "description": words["errors"], "items": error},
        },
    }
