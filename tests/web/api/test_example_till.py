"""The example in docs/integrators runs against a hub as it stands there."""

import importlib.util
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import Declaration
from clienteling.catalogue.product import Product
from clienteling.catalogue.products import new_id, put_products
from clienteling.home import Home
from consent.log.events import EventKind
from consent.purposes import Purpose
from tests.support.people import EVERYTHING, join
from tests.support.shops import logged
from tests.support.web import LiveHub, pairing_code

_EXAMPLE = Path(__file__).parents[3] / "docs" / "integrators" / "example_till.py"
GTIN = "4006381333931"


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("example_till", _EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "WAITS", (0.0, 0.0, 0.0))
    return module


@pytest.fixture(autouse=True)
def goods(shop: Home) -> None:
    milky = Declaration.complete([Allergen.MILK])
    product = Product(id=new_id(), name="Milk bar", gtin=GTIN, declaration=milky)
    with shop.databases.identity.write() as identity:
        put_products(identity, shop.office.ring, [product], actor="c", now=shop.office.now())


def test_it_pairs_warns_and_sells(
    example: ModuleType, live: LiveHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    customer = join(live.home, purposes=EVERYTHING | {Purpose.PURCHASES}, allergies=("milk",))
    assert example.main([live.url, "pair", pairing_code(live.home, "till")]) == 0
    token = tmp_path / "token.txt"
    token.write_text(capsys.readouterr().out, encoding="utf-8")

    assert example.main([live.url, "sell", str(token), customer.code, "2026-0001", GTIN]) == 0

    said, kept = capsys.readouterr().out.splitlines()
    assert said.startswith("Wacht")
    assert kept == "kept"
    assert len(logged(live.home.office, EventKind.RECORD_KEPT)) == 1


def test_an_answer_that_is_lost_is_asked_for_again_with_the_same_key(
    example: ModuleType, live: LiveHub
) -> None:
    customer = join(live.home, purposes=EVERYTHING | {Purpose.PURCHASES})
    lost: list[httpx.Response] = []

    class Deaf(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = super().handle_request(request)
            if request.url.path.endswith("/sales"):
                lost.append(answer)
                if len(lost) == 1:
                    answer.read()
                    raise httpx.ReadTimeout("The cable was pulled.")
            return answer

    with httpx.Client(base_url=live.url, transport=Deaf()) as client:
        till = example.Till(client, example.Till.pair(client, pairing_code(live.home, "till")))
        attachment = till.attach(customer.code)["attachment"]
        lines = [{"code": GTIN, "name": "Milk bar", "quantity": 1}]
        assert till.sale("2026-0002", lines, attachment)["because"] == "kept"

    assert [one.status_code for one in lost] == [201, 201]
    assert lost[1].headers["Idempotent-Replayed"] == "true"
    assert len(logged(live.home.office, EventKind.RECORD_KEPT)) == 1


def test_what_is_refused_is_not_sent_again(example: ModuleType, live: LiveHub) -> None:
    with httpx.Client(base_url=live.url) as client:
        till = example.Till(client, "unknown")
        with pytest.raises(httpx.HTTPStatusError, match="401"):
            till.void("2026-0001")
