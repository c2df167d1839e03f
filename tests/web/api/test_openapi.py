"""The OpenAPI document is valid, whole, and the same with and without a shop."""

from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from clienteling.webhooks.events import Event
from tests.support.shops import Command
from web.api.openapi import PREFIXES, document, document_without_shop


def test_the_document_is_valid(app: Flask) -> None:
    validate(document(app), cls=OpenAPIV31SpecValidator)


def test_every_address_for_machines_is_in_it(app: Flask) -> None:
    said = document(app)["paths"]
    served = {
        rule.rule.replace("<uuid:", "{").replace("<", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIXES)
    }
    assert said.keys() == served - {"/api/v1/openapi.json"}


def test_it_needs_no_shop(app: Flask, command: Command) -> None:
    assert document_without_shop() == document(app)
    assert command("openapi", "--json").json == document_without_shop()


def test_it_is_served_to_everybody(client: FlaskClient, app: Flask) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.json) == (200, document(app))


def test_what_needs_a_token_says_so(app: Flask) -> None:
    paths = document(app)["paths"]
    assert paths["/api/v1/till/sales"]["post"]["security"] == [{"token": []}]
    assert paths["/edge/v1/sightings"]["post"]["security"] == [{"signature": []}]
    assert paths["/api/v1/pair"]["post"]["security"] == []
    keys = [one["name"] for one in paths["/api/v1/till/sales"]["post"]["parameters"]]
    assert keys == ["Idempotency-Key"]


def test_what_receivers_of_webhooks_hear_is_in_it(app: Flask) -> None:
    said = document(app)
    assert said["webhooks"].keys() == set(Event)
    post = said["webhooks"]["sale.kept"]["post"]
    assert [one["name"] for one in post["parameters"]] == [
        *("webhook-id", "webhook-timestamp", "webhook-signature"),
    ]
    schema = post["requestBody"]["content"]["application/json"]["schema"]
    assert schema["properties"]["data"] == {"$ref": "#/components/schemas/SaleData"}
    assert said["components"]["schemas"]["SaleData"]["properties"].keys() == {"number"}
