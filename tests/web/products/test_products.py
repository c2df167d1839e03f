"""The manager's pages of products: finding, declaring, changing, importing."""

import re
from dataclasses import replace
from html import unescape

import pytest
from flask.testing import FlaskClient

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import Declaration
from clienteling.catalogue.imports.rows import FileError
from clienteling.catalogue.product import Product
from clienteling.home import Home
from tests.clienteling.catalogue.test_images import picture
from tests.clienteling.catalogue.test_products import BAR, declared, kept, put
from tests.support.web import csrf, pair, post_form, post_json, sign_in
from web.context import Hub
from web.products.words import SENTENCES, advice_word, failure_word

PATH = "/manage/products"
GUMS = Product(id="00000000-0000-4000-8000-000000000002", name="Wine gums", sku="GUM")


@pytest.fixture
def manager(client: FlaskClient) -> FlaskClient:
    sign_in(client, "manager")
    client.set_cookie("language", "en")
    return client


def fields(client: FlaskClient, path: str) -> dict[str, str]:
    """What the form of a page would send, as it is."""
    page = client.get(path).text
    texts = re.findall(r'<input id="\w+" name="(\w+)"[^>]*? value="([^"]*)"', page)
    ticked = re.findall(r'type="radio" name="([\w-]+)" value="(\w+)" checked', page)
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen is not None
    areas = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>([^<]*)<', page)
    months = ",".join(re.findall(r'name="season" value="(\d+)" checked', page))
    found = {**dict(texts), **dict(ticked), **dict(areas), "seen": seen[1], "season": months}
    return {name: unescape(value) for name, value in found.items()}


def send(client: FlaskClient, path: str, content: bytes) -> int:
    headers = {"X-CSRFToken": csrf(client), "Accept": "application/json"}
    return client.post(path, data=content, headers=headers).status_code


def test_what_is_not_declared_comes_first(manager: FlaskClient, shop: Home) -> None:
    put(shop, BAR, GUMS)

    page = manager.get(PATH).text

    assert page.index("Wine gums") < page.index("Sea-salt caramel bar")
    assert "not declared" in page
    assert "Of 1 product an allergen is not known" in page
    assert "Sea-salt" not in manager.get(f"{PATH}?show=todo").text
    assert "Wine gums" not in manager.get(f"{PATH}?q=caramell").text
    assert "No product fits" in manager.get(f"{PATH}?q=zzzzz").text


def test_many_products_are_shown_in_pages(manager: FlaskClient, shop: Home) -> None:
    put(shop, *(replace(GUMS, id=f"{n}", sku=f"S{n}", name=f"Gum {n:03}") for n in range(60)))

    first, last = manager.get(PATH).text, manager.get(f"{PATH}?page=99").text

    assert "page 1 of 3" in first
    assert "Gum 000" in first
    assert "Gum 059" in last
    assert "page 3 of 3" in last
    assert manager.get(f"{PATH}?page=-1&show=nonsense").status_code == 200


def test_saving_without_changing_anything_changes_nothing(manager: FlaskClient, shop: Home) -> None:
    put(shop, BAR)
    before = kept(shop)

    saved = post_form(manager, f"{PATH}/{BAR.id}", **fields(manager, f"{PATH}/{BAR.id}"))

    # Two months come as one field here; the page sends one field each.
    assert saved.status_code == 303
    assert [replace(one, updated_at=None) for one in kept(shop)] == [
        replace(one, updated_at=None) for one in before
    ]
    assert len(declared(shop)) == 1


def test_a_declaration_is_kept_and_logged_with_who_made_it(
    manager: FlaskClient, shop: Home
) -> None:
    put(shop, GUMS)
    path = f"{PATH}/{GUMS.id}"
    form = fields(manager, path) | {"allergen-milk": "contained", "allergen-nuts": "traces"}

    assert post_form(manager, path, **form).status_code == 303

    [product] = kept(shop)
    assert product.declaration == Declaration(
        frozenset({Allergen.MILK}), frozenset({Allergen.NUTS})
    )
    [entry] = declared(shop)
    assert entry.detail == {"products": {GUMS.id: "------ct------"}}
    assert (entry.actor or "").startswith("user:")
    post_form(manager, path, **fields(manager, path), complete="yes")
    assert kept(shop)[0].declaration == Declaration.complete({Allergen.MILK}, {Allergen.NUTS})


def test_a_status_that_there_is_not_is_not_known(manager: FlaskClient, shop: Home) -> None:
    put(shop, GUMS)
    path = f"{PATH}/{GUMS.id}"

    post_form(manager, path, **(fields(manager, path) | {"allergen-milk": "harmless"}))

    assert kept(shop)[0].declaration.not_known == set(Allergen)


def test_nobody_overwrites_what_a_colleague_changed_meanwhile(
    manager: FlaskClient, shop: Home
) -> None:
    put(shop, BAR)
    path = f"{PATH}/{BAR.id}"
    form = fields(manager, path) | {"name": "Mine"}
    put(shop, replace(BAR, name="Theirs"))

    refused = post_form(manager, path, **form)

    assert refused.status_code == 409
    assert 'value="Mine"' in refused.text
    assert kept(shop)[0].name == "Theirs"
    seen = re.search(r'name="seen" value="([^"]*)"', refused.text)
    assert seen is not None
    assert post_form(manager, path, **(form | {"seen": seen[1]})).status_code == 303
    assert kept(shop)[0].name == "Mine"


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({"name": ""}, "Fill it in"),
        ({"price": "much"}, "3.49"),
        ({"gtin": "8700000000019"}, "last digit"),
        ({"gtin": "", "sku": ""}, "barcode or a code"),
        ({"sku": "GUM"}, "Another product has this barcode"),
        ({"stock": "-1"}, "whole number"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    manager: FlaskClient, shop: Home, changes: dict[str, str], advice: str
) -> None:
    put(shop, BAR, GUMS)
    path = f"{PATH}/{BAR.id}"
    before = kept(shop)

    refused = post_form(manager, path, **(fields(manager, path) | {"brand": "Typed"} | changes))

    assert refused.status_code == 400
    assert advice in refused.text
    assert 'value="Typed"' in refused.text
    assert 'aria-invalid="true"' in refused.text
    assert kept(shop) == before


def test_a_new_product_is_added_archived_and_sold_again(
    manager: FlaskClient, shop: Home, hub: Hub
) -> None:
    form = fields(manager, f"{PATH}/new") | {"name": "Fudge", "sku": "F", "stock": "3"}

    made = post_form(manager, f"{PATH}/new", **form)

    [product] = kept(shop)
    assert made.location.startswith(f"{PATH}/{product.id}")
    assert hub.shelf.catalogue().stock[product.id].quantity == 3
    post_form(manager, f"{PATH}/{product.id}/sold", sold="no")
    assert not kept(shop)[0].active
    assert "Fudge" in manager.get(f"{PATH}?show=archived").text
    assert "Fudge" not in manager.get(PATH).text
    post_form(manager, f"{PATH}/{product.id}/sold", sold="yes")
    assert kept(shop)[0].active


def test_a_product_that_there_is_not_is_not_found(manager: FlaskClient) -> None:
    for path in (GUMS.id, f"{GUMS.id}/image", f"{GUMS.id}/sold"):
        assert post_form(manager, f"{PATH}/{path}").status_code == 404
    assert manager.get(f"{PATH}/{GUMS.id}").status_code == 404
    assert manager.get(f"{PATH}/nonsense").status_code == 404


def test_staff_and_officers_may_not_change_products(client: FlaskClient, shop: Home) -> None:
    put(shop, GUMS)
    assert client.get(PATH).status_code == 302
    sign_in(client, "officer", "trained")
    assert client.get(PATH).status_code == 403
    assert post_form(client, f"{PATH}/{GUMS.id}").status_code == 403


def test_a_picture_is_shown_to_the_shop_and_to_nobody_else(
    manager: FlaskClient, shop: Home
) -> None:
    put(shop, GUMS)
    assert send(manager, f"{PATH}/{GUMS.id}/image", b"<svg/>") == 400
    assert send(manager, f"{PATH}/{GUMS.id}/image", bytes(500_001)) == 413
    assert send(manager, f"{PATH}/{GUMS.id}/image", picture(size=(40, 30))) == 200

    address = f"/products/images/{kept(shop)[0].image}"
    answer = manager.get(address)

    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert address in manager.get(PATH).text
    assert manager.get("/products/images/none.jpg").status_code == 404
    stranger = manager.application.test_client()
    assert stranger.get(address).status_code in {302, 401, 403}
    pair(stranger, "tablet")
    assert stranger.get(address).status_code == 200
    post_form(manager, f"{PATH}/{GUMS.id}/image/remove")
    assert kept(shop)[0].image is None
    assert manager.get(address).status_code == 404


def test_an_import_is_tried_then_kept(manager: FlaskClient, shop: Home, hub: Hub) -> None:
    text = b"sku,name,price\nA,Bar,2\nB,Box,cheap\n"
    assert post_json(manager, f"{PATH}/import/begin", {"name": "goods.csv"}).status_code == 204
    assert send(manager, f"{PATH}/import/part", text[:20]) == 204
    assert send(manager, f"{PATH}/import/part", text[20:]) == 204
    assert post_json(manager, f"{PATH}/import/try").status_code == 204
    hub.imports.wait()

    page = manager.get(f"{PATH}/import").text

    assert "goods.csv" in page
    assert "Tried: nothing is kept yet" in page
    assert "Write a price like 3.49" in page
    assert manager.get(f"{PATH}/import/state").json == {"busy": False, "done": 2, "total": 2}
    assert "cheap" in manager.get(f"{PATH}/import/report.csv").text
    assert kept(shop) == ()
    post_form(manager, f"{PATH}/import/keep")
    hub.imports.wait()
    assert "Imported" in manager.get(f"{PATH}/import").text
    assert [product.sku for product in kept(shop)] == ["A"]
    assert post_form(manager, f"{PATH}/import/keep").status_code == 409


def test_a_failed_import_says_why_in_the_readers_language(manager: FlaskClient, hub: Hub) -> None:
    post_json(manager, f"{PATH}/import/begin", {"name": "goods.csv"})
    send(manager, f"{PATH}/import/part", b"gtin\n\xff")
    post_json(manager, f"{PATH}/import/try")
    hub.imports.wait()
    manager.set_cookie("language", "nl")

    assert "Regel 2 is geen UTF-8" in manager.get(f"{PATH}/import").text


def test_parts_without_a_beginning_are_refused(manager: FlaskClient) -> None:
    assert send(manager, f"{PATH}/import/part", b"x") == 409
    assert post_json(manager, f"{PATH}/import/try").status_code == 409
    assert manager.get(f"{PATH}/import/report.csv").status_code == 404
    assert manager.get(f"{PATH}/import/state").json == {"busy": False, "done": 0, "total": 0}


def test_the_export_is_the_table_that_can_be_imported(manager: FlaskClient, shop: Home) -> None:
    put(shop, BAR)

    answer = manager.get(f"{PATH}/products.csv")

    assert answer.text.startswith("\ufeffgtin,sku,name")
    assert "Sea-salt caramel bar" in answer.text
    assert manager.get(f"{PATH}/template.csv").text.startswith("\ufeffgtin,sku,name")


def test_every_sentence_about_a_file_is_translated(client: FlaskClient) -> None:
    with client.application.test_request_context(headers={"Accept-Language": "nl"}):
        for sentence in SENTENCES:
            assert str(sentence)
        assert advice_word("Write yes or no.") == "Schrijf ja of nee."
        error = FileError("Line {line} is no JSON. Nothing was imported.", line=3)
        assert failure_word(error) == "Regel 3 is geen JSON. Er is niets geïmporteerd."
