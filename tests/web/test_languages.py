"""Which language a screen speaks: the one chosen on it, the shop's, or the browser's."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from tests.support.web import POLICY
from web.app import create_app


@pytest.mark.parametrize(
    ("of_the_shop", "asked", "shown"),
    [(None, "en", "en"), (None, "pl", "nl"), ("en", "nl", "en"), ("nl", "en", "nl")],
)
def test_the_shops_language_goes_before_the_browsers(
    shop: Home, of_the_shop: str | None, asked: str, shown: str
) -> None:
    store = shop.config.store.model_copy(update={"language": of_the_shop})
    config = shop.config.model_copy(update={"store": store})
    client = create_app(replace(shop, config=config), None, policy=POLICY).test_client()
    assert (
        f'<html lang="{shown}"' in client.get("/sign-in", headers={"Accept-Language": asked}).text
    )


def test_what_was_chosen_goes_first_until_it_is_given_back(client: FlaskClient) -> None:
    english = {"Accept-Language": "en"}
    client.get("/language/nl")
    assert '<html lang="nl"' in client.get("/sign-in", headers=english).text
    client.get("/language/default")
    assert '<html lang="en"' in client.get("/sign-in", headers=english).text
