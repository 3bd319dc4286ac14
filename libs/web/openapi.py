"""The service's own description: FastAPI's, with problems instead of its errors and the headers all routes share."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from libs.web.access import API_KEY, BEARER
from libs.web.idempotency import KEY_LENGTH_MAX
from libs.web.position import FORM as POSITION
from libs.web.problems import MEDIA_TYPE
from libs.web.words import WORDS

_ANY_ROUTE = ("400", "503", "default")
_WITH_BODY = ("413", "415")
_METHODS_WITH_BODY = {"post", "put", "patch"}
FORMS: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {"minLength": 1, "maxLength": KEY_LENGTH_MAX, "pattern": "^[ -~]+$"},
    "If-Match": {"pattern": r'^(\*|"[0-9]{1,18}")$'},
    "Position": {"pattern": f"^{POSITION}$"},
}
"""Headers that are refused in any other form. Those that only name a request are never a reason to refuse it."""

_NAMED = {"required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 128}}


def describer(app: FastAPI, language: str) -> Callable[[], dict[str, Any]]:
    """Return what the app answers at /openapi.json; made once, at the first question."""
    words, made = WORDS[language], dict[str, Any]()

    def describe() -> dict[str, Any]:
        if not made:
            made.update(get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes))
            _customise(made, words)
        return made

    return describe


def _customise(document: dict[str, Any], words: Any) -> None:
    parts = document.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = _problem_schema(words)
    if schemes := parts.get("securitySchemes"):
        schemes[API_KEY] = {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key, alone."}
    parts["responses"] = {f"Problem{code}": _response(words[code]) for code in words if code[0].isdigit()}
    parts["responses"]["Problemdefault"] = _response(words["default"])
    parts["parameters"] = {name: _parameter(name, words[name]) for name in ("X-Request-ID", "traceparent")}
    for path in document["paths"].values():
        for method, operation in path.items():
            _operation(method, operation, words)


def _operation(method: str, operation: dict[str, Any], words: Any) -> None:
    parameters = operation.setdefault("parameters", [])
    names = {parameter.get("name") for parameter in parameters}
    codes = [*_ANY_ROUTE, *(_WITH_BODY if method in _METHODS_WITH_BODY else ())]
    codes += ["422"] if parameters or "requestBody" in operation else []
    if operation.get("security"):
        codes += ["401", "403"]
        operation["security"] = [{BEARER: []}, {API_KEY: []}]
    codes += ["404"] if any(parameter.get("in") == "path" for parameter in parameters) else []
    codes += ["409"] if "Idempotency-Key" in names else []
    codes += ["412"] if "If-Match" in names else []
    answers = operation.setdefault("responses", {})
    # FastAPI's own 422 describes a body that this shell never sends.
    if "HTTPValidationError" in str(answers.get("422")):
        del answers["422"]
    for code in sorted(set(codes)):
        answers.setdefault(code, {"$ref": f"#/components/responses/Problem{code}"})
    for answered in answers.values():
        if "$ref" not in answered:
            answered.setdefault("headers", {})["X-Request-ID"] = _NAMED
    for parameter in parameters:
        _explain(parameter, words)
    parameters += [{"$ref": f"#/components/parameters/{name}"} for name in ("X-Request-ID", "traceparent")]


def _explain(parameter: dict[str, Any], words: Any) -> None:
    if parameter.get("in") != "header" or parameter["name"] not in words:
        return
    parameter["description"] = words[parameter["name"]]
    parameter["schema"] = {"type": "string", **FORMS[parameter["name"]]}
    # Declared optional, so that a missing key is our 400, not a validation error.
    parameter["required"] = parameter["name"] == "Idempotency-Key"


def _parameter(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": text, "schema": {"type": "string"}}


def _response(text: str) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": text, "content": content, "headers": {"X-Request-ID": _NAMED}}


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
