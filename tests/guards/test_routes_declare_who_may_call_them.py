"""Every route says who may call it, and refuses everybody else: the whole url_map is walked."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter, Rule, UUIDConverter

from tests.support.web import csrf, pair, sign_in
from web.guards import GUARDS, guard_of

#: Blueprints that anybody may call. A new one is a decision: it shows nothing personal, and
#: changes nothing of a customer.
PUBLIC = {"front", "auth", "api_pairing", "api_log", "api_document", "public", "smile", "me"}

A_UUID = "00000000-0000-4000-8000-000000000000"

#: Who may enter the others; what is not listed here fails the test, so that it is thought about.
RULES = {
    "front": "public",
    "auth": "public",
    "edge": "edge signature",
    "greet": "device greet or role manager",
    "api_greet": "bearer button",
    "api_pairing": "public",
    "api_log": "public",
    "api_document": "public",
    "api_till": "bearer till",
    "api_till_identifying": "bearer till",
    "kiosk": "device kiosk",
    "me": "public",
    "own": "own visit",
    "find": "device tablet and role trained",
    "new_pass": "device tablet and role trained",
    "customer": "device tablet and role trained",
    "forget": "device tablet and role trained and role manager",
    "lists": "device tablet and role trained",
    "asks": "device tablet and role staff|trained|manager",
    "staff": "device tablet and role trained",
    "huddle": "device tablet and role trained",
    "surprise_for": "device tablet and role trained",
    "moments": "device tablet and role staff|trained|manager",
    "surprises": "device tablet and role staff|trained|manager",
    "compliments": "device tablet and role staff|trained|manager",
    "learning": "role staff|trained",
    "team": "role manager",
    "rounds": "role manager",
    "privacy": "role officer",
    "public": "public",
    "approvals": "role officer|manager|admin",
    "manage": "role manager|admin",
    "customer_lists": "role manager|admin",
    "duplicates": "role manager",
    "integrations": "role manager|admin",
    "cameras": "role manager|admin",
    "signs": "role manager|admin",
    "dashboard": "role manager|admin",
    "readiness": "role manager|admin",
    "reasons": "role manager|admin",
    "help_bar": "device tablet and role trained",
    "smile": "public",
    "smile_ask": "device tablet and role trained",
    "smile_manage": "role manager|admin",
    "queue": "device kiosk|greet|tablet",
    "till": "device till",
    "till_desk": "device till and csrf token",
    "till_asking": "device till and csrf token",
    "products": "role manager|admin",
    "product_imports": "role manager|admin",
    "product_images": "device tablet|kiosk or role manager|admin",
}

#: What managers and admins look after.
MANAGED = {
    "products",
    "product_imports",
    "manage",
    "customer_lists",
    "cameras",
    "signs",
    "dashboard",
    "readiness",
    "reasons",
    "smile_manage",
    "integrations",
}


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def sample(converter: BaseConverter) -> str:
    """Return a value that the converter takes."""
    if isinstance(converter, UUIDConverter):
        return A_UUID
    return min(converter.items) if isinstance(converter, AnyConverter) else "1"


def address(rule: Rule) -> str:
    """Return a path that the rule takes."""
    values = {name: sample(rule._converters[name]) for name in rule.arguments}
    _, path = rule.build(values) or ("", "/")
    return path


def call(client: FlaskClient, rule: Rule, token: str) -> int:
    method = next(m for m in ("POST", "DELETE", "GET") if m in (rule.methods or ()))
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    return client.open(address(rule), method=method, headers=headers).status_code


def test_no_address_is_taken_twice(app: Flask) -> None:
    """Of two views at one address one would never be called, and nothing would say so."""
    taken = [
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]
    assert sorted(set(taken)) == sorted(taken)


def test_every_blueprint_has_the_guard_that_was_decided(app: Flask) -> None:
    declared = {name: guard.rule for name, guard in app.extensions[GUARDS].items()}
    assert declared == {name: RULES[name] for name in declared}
    assert set(declared) == set(app.blueprints)


def test_every_route_has_a_guard(app: Flask) -> None:
    assert all(guard_of(app, rule.endpoint) is not None for rule in rules(app))


def test_a_stranger_gets_into_nothing_that_is_not_public(app: Flask, client: FlaskClient) -> None:
    token = csrf(client)
    for rule in rules(app):
        if rule.endpoint.partition(".")[0] in PUBLIC | {"edge"}:
            continue
        assert call(client, rule, token) in {401, 403}, rule


def test_without_a_signature_the_edge_api_tells_nothing(app: Flask, client: FlaskClient) -> None:
    for rule in rules(app):
        if rule.endpoint.startswith("edge.") and rule.endpoint != "edge.pair":
            assert call(client, rule, "") == 401, rule


#: What colleagues share on the tablet, without anything of a customer.
TEAM = {"moments", "surprises", "compliments"}


@pytest.mark.parametrize(
    ("roles", "device", "open_areas"),
    [
        (("staff",), None, {"learning"}),
        (  # R18: not trained, no cards
            ("staff",),
            "tablet",
            {"asks", "product_images", "queue", "learning"} | TEAM,
        ),
        (("staff", "trained"), None, {"learning"}),  # trained, but not on a paired tablet
        (("staff", "trained"), "kiosk", {"kiosk", "product_images", "queue", "learning"}),
        (("officer",), None, {"privacy", "approvals"}),
        (("officer",), "tablet", {"product_images", "queue", "privacy", "approvals"}),
        (
            ("manager",),
            "tablet",
            {"asks", "queue", "greet", "approvals", "product_images", "team", "rounds"}
            | {"duplicates"}
            | MANAGED
            | TEAM,
        ),
        (("admin",), None, {"approvals", "product_images"} | MANAGED),
        ((), "kiosk", {"kiosk", "product_images", "queue"}),
        ((), "tablet", {"product_images", "queue"}),
        ((), "greet", {"greet", "queue"}),
        ((), "till", {"till", "till_desk", "till_asking"}),
    ],
)
def test_each_role_and_device_gets_into_its_own_area_only(
    app: Flask,
    client: FlaskClient,
    roles: tuple[str, ...],
    device: str | None,
    open_areas: set[str],
) -> None:
    if device is not None:
        pair(client, device, "1" if device == "greet" else None)
    if roles:
        sign_in(client, *roles)
    token = csrf(client, "/pair")
    for rule in rules(app):
        area = rule.endpoint.partition(".")[0]
        if area in PUBLIC | {"edge"} | open_areas:
            continue
        assert call(client, rule, token) in {401, 403}, rule


def test_a_trained_person_on_a_paired_tablet_gets_in(client: FlaskClient) -> None:
    pair(client, "tablet")
    sign_in(client, "staff", "trained")
    assert client.get("/staff", follow_redirects=True).status_code == 200
