"""What the API says about itself: OpenAPI 3.1 out of the code, with every answer, header and security scheme.

FastAPI knows parameters, bodies and good answers. What all endpoints share is added here by one rule, from how each is
called: who has to be known, whether a key has to be sent, and what may be refused. ``docs/openapi.json`` is the
checked-in form (``make openapi``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from clerk_app.ports.problems import KINDS, UNEXPECTED

TITLE: Final = "综合窗口 hall API"
SUMMARY: Final = "Queue, intake records, cases, catalogue and feed of a government service hall."
DESCRIPTION: Final = """\
One API for windows, kiosks, displays, boards and other systems (platforms). Which of it is open to a platform, with
examples: `docs/online-api.md`.

**Who calls.** A device enrols once (`POST /v1/enrol`) and sends its token with every request (`device`). What a person
does also carries their login (`session`, from `POST /v1/login`). A display that is a web page sends its token as a
cookie (`screen`), which is good for reading only.

**Once.** Whatever changes something carries an `Idempotency-Key`: the same key with the same content gets the answer of
the first time, with another content it is refused (409). The few changes without a key say why.

**Levels.** A window may send the level of the API that it speaks (`X-Clerk-Api`) and its version (`X-Clerk-Version`);
every answer has the server's, as `oldest-newest`. One level apart is understood both ways, further apart is refused
(426). A body may be sent as gzip (`Content-Encoding`). All of it: `docs/sync.md`.

**Refusals.** Every answer that is not 2xx is a `Problem`; its `sentence` is Chinese, names no person and may be shown.

**News.** `GET /v1/feed` has the journal by number; the same address as a WebSocket (query `epoch`, `after`, `mark`)
sends each further page by itself.

Times are ISO 8601 with a zone, days `YYYY-MM-DD`, ids UUIDv7, digests SM3 as 64 hex digits. The WebSocket and the pages
for people are not part of this description.
"""

_WORDS: Final = {
    401: ("Unknown", "The device is not enrolled or was revoked, or the login is over."),
    403: ("NotAllowed", "This device or person may not do it, or has to log in first."),
    404: ("NotFound", "There is no such thing."),
    409: ("Conflict", "Somebody was faster, or the same key or id came with another content."),
    422: ("Rejected", "`field` is wrong: nothing was stored; correct it and send it under a new key."),
    423: ("Locked", "The law or the present state forbids the step."),
    426: ("Apart", "The caller speaks a level of the API that this server does not; `X-Clerk-Api` says which it does."),
    500: ("Unexpected", "A fault of the server, logged under the number in the sentence; repeat under the same key."),
    503: ("Unavailable", "The store or another part is away for the moment; repeat under the same key."),
}
_ALWAYS: Final = (426, 500, 503)
_KNOWN_CALLER: Final = (401, 403)
_LOOKING: Final = (404, 423)
_ASKED: Final = (403, 404, 409, 422, 423)
_HEADERS: Final = frozenset({"authorization", "x-session", "idempotency-key"})
_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for each new request, the same for its repetition; a UUID will do. Kept for 30 days.",
    "schema": {"type": "string", "pattern": "^[0-9A-Za-z._:-]{8,64}$"},
}
_SCHEMES: Final = {
    "device": {"type": "http", "scheme": "bearer", "description": "The token from `POST /v1/enrol`."},
    "session": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Session",
        "description": "The token from `POST /v1/login`, beside the device's.",
    },
    "screen": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-display",
        "description": "A web display's token; for GET only.",
    },
}


def operation_id(route: APIRoute) -> str:
    """``queue_call_next``: the group and what is done, unique and the same whatever the address."""
    group = str(route.tags[0]) if route.tags else "hall"
    return f"{group}_{route.name.strip('_')}"


def install(app: FastAPI) -> None:
    """``/openapi.json`` tells what ``described`` makes."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def described(app: FastAPI) -> dict[str, Any]:
    """The description of an application's endpoints, as JSON values."""
    found = get_openapi(
        title=TITLE,
        version=app.version,
        summary=SUMMARY,
        description=DESCRIPTION,
        routes=app.routes,
        separate_input_output_schemas=False,
    )
    for _, method, operation in operations(found):
        _complete(operation, method)
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = _problem()
    components["securitySchemes"] = dict(_SCHEMES)
    components["parameters"] = {"IdempotencyKey": dict(_KEY)}
    components["responses"] = {name: _refusal(text) for name, text in _WORDS.values()}
    return _short_names(found)


def text_of(description: dict[str, Any]) -> str:
    """As it is checked in: sorted, one value a line, characters as they are."""
    return json.dumps(description, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) of a description."""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _complete(operation: dict[str, Any], method: str) -> None:
    parameters = operation.get("parameters", [])
    headers = {one["name"] for one in parameters if one["in"] == "header"}
    own = [one for one in parameters if not (one["in"] == "header" and one["name"] in _HEADERS)]
    asked = bool(own) or "requestBody" in operation
    keyed = "idempotency-key" in headers
    if keyed:
        own.append({"$ref": "#/components/parameters/IdempotencyKey"})
    operation.pop("parameters", None)
    if own:
        operation["parameters"] = own
    known = "authorization" in headers
    operation["security"] = _security(method) if known else []
    answers = operation["responses"]
    answers.pop("422", None)
    statuses = [*_ALWAYS, *(_KNOWN_CALLER if known else ())]
    if asked or keyed:
        statuses += _ASKED
    elif known:
        statuses += _LOOKING
    for status in sorted(set(statuses)):
        answers[str(status)] = {"$ref": f"#/components/responses/{_WORDS[status][0]}"}
    _say_null(answers)


def _security(method: str) -> list[dict[str, list[str]]]:
    ways: list[dict[str, list[str]]] = [{"device": []}, {"device": [], "session": []}]
    return [*ways, {"screen": []}] if method == "get" else ways


def _say_null(answers: dict[str, Any]) -> None:
    """An endpoint without a model answers ``null``."""
    for answer in answers.values():
        content = answer.get("content", {}).get("application/json")
        if content is not None and not content.get("schema"):
            content["schema"] = {"type": "null"}


def _refusal(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _problem() -> dict[str, Any]:
    return {
        "type": "object",
        "title": "Problem",
        "description": "Why nothing was done: `sentence` for people, `kind` for programs, `field` the wrong input.",
        "properties": {
            "kind": {"type": "string", "enum": sorted({*KINDS, UNEXPECTED})},
            "sentence": {"type": "string"},
            "field": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["field", "kind", "sentence"],
        "additionalProperties": False,
    }


def _short_names(description: dict[str, Any]) -> dict[str, Any]:
    """``clerk_app__ports__hall__Session`` (two records have one name) as ``HallSession``."""
    names = {
        name: "".join(part.title().replace("_", "") for part in name.split("__")[-2:-1]) + name.split("__")[-1]
        for name in description["components"]["schemas"]
        if "__" in name
    }
    text = json.dumps(description, ensure_ascii=False)
    for long, short in names.items():
        text = re.sub(rf'(?<=["/]){re.escape(long)}(?=")', short, text)
    found: dict[str, Any] = json.loads(text)
    return found
