"""The OpenAPI 3.1 document of `/api/v1` and `/edge/v1`, made from what really checks requests."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from clienteling.edge_protocol import ErrorReply
from clienteling.till.messages import Problem
from clienteling.webhooks.events import DATA, SUMMARIES, Event
from web.api.machines import machines
from web.api.operations import Content, Operation, operation_of
from web.guards import guard_of, mount

blueprint = Blueprint("api_document", __name__, url_prefix="/api/v1")

#: The addresses that the document is about.
PREFIXES = ("/api/v1/", "/edge/v1/")
_REF = "#/components/schemas/{model}"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
#: The headers of a webhook (Standard Webhooks).
_SIGNED = (
    ("webhook-id", "The same however often it is sent.", {"type": "string", "format": "uuid"}),
    ("webhook-timestamp", "Of this try, in seconds since 1970.", {"type": "integer"}),
    ("webhook-signature", "v1,base64, one or two with a space between.", {"type": "string"}),
)
_SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "bearer": [{"token": []}],
    "edge": [{"signature": []}],
    "public": [],
}


@blueprint.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """Return the document."""
    return jsonify(document(current_app))


def document(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of an application.

    Raises:
        LookupError: an address under the prefixes says nothing about itself.
    """
    paths: dict[str, dict[str, Any]] = {}
    models: set[type[BaseModel]] = {Problem, ErrorReply, *DATA.values()}
    for rule, method, what in described(app):
        models |= {one for one in (what.takes, *what.answers.values()) if isinstance(one, type)}
        path = _PARAMETER.sub(r"{\2}", rule.rule)
        paths.setdefault(path, {})[method.lower()] = _operation(app, rule, what)
    ordered = sorted(models, key=lambda model: model.__name__)
    _, schemas = models_json_schema(
        [(model, "serialization") for model in ordered], ref_template=_REF
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Clienteling",
            "version": "1",
            "description": "Tills, buttons and camera boxes. No address carries anything of a "
            "person, and no answer carries a template.",
        },
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "webhooks": {event.value: _told(event) for event in Event},
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Of a paired device: POST /api/v1/pair with its one-time code.",
                },
                "signature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-Clienteling-Signature",
                    "description": "Ed25519 over method, path, time, nonce and body "
                    "(docs/integrators/edge-protocol.md).",
                },
            },
        },
    }


def document_without_shop() -> dict[str, Any]:
    """Return the same document where no shop is opened: the addresses are the program's."""
    app = Flask("web")
    for found, guard in machines():
        mount(app, found, guard)
    return document(app)


def described(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    """Yield every address under the prefixes, method by method, with what it says about itself.

    Raises:
        LookupError: it says nothing.
    """
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(PREFIXES) or rule.endpoint == "api_document.openapi":
            continue
        what = operation_of(app.view_functions[rule.endpoint])
        if what is None:
            raise LookupError(f"{rule.rule} says nothing about what it takes and answers.")
        for method in sorted((rule.methods or set()) & set(_METHODS)):
            yield rule, method, what


def _operation(app: Flask, rule: Rule, what: Operation) -> dict[str, Any]:
    guard = guard_of(app, rule.endpoint)
    kind = "public" if guard is None else guard.rule.split()[0]
    said: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "_"),
        "summary": what.summary,
        "security": _SECURITY[kind],
        "responses": {
            **{str(status): _answer(status, content) for status, content in what.answers.items()},
            **{str(status): _refusal(status, edge=kind == "edge") for status in what.refuses},
        },
    }
    parameters = [_parameter(*found) for found in _PARAMETER.findall(rule.rule)]
    if what.idempotent:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": "Random; the same request again gets the first answer.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            }
        )
    if parameters:
        said["parameters"] = parameters
    if what.takes is not None:
        said["requestBody"] = {"required": True, "content": _json(what.takes)}
    return said


def _told(event: Event) -> dict[str, Any]:
    """Describe what a receiver of webhooks hears (docs/integrators/webhooks.md)."""
    schema = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": event.value},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": {"$ref": _REF.format(model=DATA[event].__name__)},
        },
    }
    return {
        "post": {
            "summary": SUMMARIES[event],
            "security": [],
            "parameters": [
                {
                    "name": name,
                    "in": "header",
                    "required": True,
                    "description": what,
                    "schema": kind,
                }
                for name, what, kind in _SIGNED
            ],
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
            "responses": {
                "2XX": {"description": "Taken; nothing of the body is read."},
                "410": {"description": "Nothing more is wanted: the webhook is switched off."},
                "default": {"description": "Sent again later, under the same id."},
            },
        }
    }


def _parameter(kind: str, name: str) -> dict[str, Any]:
    schema = {"type": "string"} | ({"format": "uuid"} if kind == "uuid" else {})
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _answer(status: int, content: Content) -> dict[str, Any]:
    said: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if isinstance(content, str):
        said["content"] = {content: {}}
    elif content is not None:
        said["content"] = _json(content)
    return said


def _refusal(status: int, *, edge: bool) -> dict[str, Any]:
    content = (
        _json(ErrorReply)
        if edge
        else {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
    )
    return {"description": HTTPStatus(status).phrase, "content": content}


def _json(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REF.format(model=model.__name__)}}}
