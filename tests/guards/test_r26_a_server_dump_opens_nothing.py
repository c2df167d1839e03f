"""R26: all databases, the root key, the camera's disk and its gallery open no template of a pass.

The customer joins at the kiosk, through the real pages; a camera is paired and has pulled. Then
somebody copies everything, opens every layer that any key in it opens, and tries every 32 bytes.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clienteling.config import RegionConfig
from clienteling.customers.passes import SealedPass, sealed_passes
from clienteling.edge_protocol import EdgePolicy, gallery_info
from clienteling.home import Home
from consent.keystore.holder import HolderSecret
from consent.keystore.keys import data_key
from consent.purposes import Purpose
from consent.records import require_grant
from consent.sealing import hpke_unwrap
from tests.support.edges import pair_edge
from tests.support.kiosk import EVERYTHING, detecting_engine, good_views, only_subject, walk
from tests.support.passes import code_on_pass
from tests.support.red_team import what_opens
from tests.support.web import pair
from web.app import create_app
from web.context import EXTENSION

MODEL = "made-up"


@dataclass(frozen=True, slots=True)
class Stolen:
    """Everything but what the customer carries away; and that."""

    dump: bytes
    target: SealedPass
    holder: HolderSecret


@pytest.fixture
def app(shop: Home) -> Iterator[Flask]:
    config = shop.config.model_copy(update={"region": RegionConfig(region="eu", policy="pass")})
    policy = EdgePolicy(region="eu", policy="pass", model_id=MODEL, live=True)
    built = create_app(replace(shop, config=config), detecting_engine(), policy=policy)
    yield built
    built.extensions[EXTENSION].bus.close()


@pytest.fixture
def stolen(shop: Home, client: FlaskClient, caplog: pytest.LogCaptureFixture) -> Stolen:
    caplog.set_level(logging.DEBUG)
    pair(client, "kiosk")
    visit = walk(client)
    visit.walk(EVERYTHING)
    made = visit.capture(good_views())
    assert made.json is not None
    assert made.json["made"], made.json
    holder = HolderSecret.read(code_on_pass(visit.see("pass").text))
    assert holder is not None
    visit.post(f"{visit.at}/pass")
    visit.see("receipt")

    edge = pair_edge(client.application.test_client(), shop)
    reply = edge.pull()
    (target,) = sealed_passes(shop.office, MODEL)
    ring, office = shop.office.ring, shop.office
    with shop.databases.identity.read() as identity, shop.databases.keys.read() as keys:
        grant = require_grant(identity, only_subject(shop), Purpose.RECOGNISE, office.now())
        data, store = data_key(keys, ring, grant).secret, ring.stores.current(keys).secret
    content_key = hpke_unwrap(
        edge.keys.open, reply.content_key, gallery_info(edge.device_id, reply.version)
    )
    shop.databases.close()
    files = [path.read_bytes() for path in sorted(shop.path.rglob("*")) if path.is_file()]
    keys_opened = [
        store,
        ring.lookup,
        ring.receipt_code,
        ring.web_session,
        ring.log_signing.private_bytes_raw(),
        ring.receipt_signing.private_bytes_raw(),
        data,
        content_key,
        edge.keys.dump(),
    ]
    wire = [reply.model_dump_json().encode(), target.sealed, target.binding]
    said = caplog.text.encode()
    return Stolen(b"\0".join([*files, *keys_opened, *wire, said]), target, holder)


def test_r26_nothing_in_a_dump_opens_it_and_the_pass_does(stolen: Stolen) -> None:
    assert len(stolen.dump) > 200_000
    assert what_opens(stolen.dump, stolen.target) == set()
    assert what_opens(stolen.holder.secret, stolen.target) == {stolen.holder.secret}


@pytest.mark.parametrize(
    "kept",
    [
        lambda holder: holder.secret,
        lambda holder: holder.text.encode(),
        lambda holder: holder.secret.hex().encode(),
    ],
)
def test_r26_the_red_team_would_find_a_secret_that_was_kept(stolen: Stolen, kept: object) -> None:
    """So the test above can fail."""
    assert callable(kept)
    around = stolen.dump[:5000] + kept(stolen.holder) + stolen.dump[5000:10_000]
    assert what_opens(around, stolen.target) == {stolen.holder.secret}
