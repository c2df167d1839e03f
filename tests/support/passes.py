"""A shop under the policy `pass`, with a real hub and a real camera."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from camera.config import make_config
from clienteling.customers import enrolment
from clienteling.edge_protocol import EdgePolicy
from clienteling.home import Home
from clienteling.recognition.codes import read_codes
from clienteling.recognition.engine import Engine
from clienteling.recognition.quality import ENROL_PHOTO
from clienteling.service.windows import Outcome, Window
from consent.keystore.holder import HolderSecret, new_holder_secret
from tests.support.cameras import RunningCamera, until
from tests.support.faces import photo
from tests.support.people import Customer, join
from tests.support.web import LiveHub, pairing_code
from web.app import create_app
from web.context import EXTENSION
from web.server import HubServer

CAMERA = "door"


@dataclass(frozen=True, slots=True)
class Holder:
    """A customer with a pass in the pocket."""

    customer: Customer
    holder: HolderSecret

    @property
    def text(self) -> str:
        return self.holder.text


def enrol_holder(home: Home, engine: Engine, *photos: str, name: str = "Robin Test") -> Holder:
    """Let somebody join whose template only the returned pass opens."""
    holder = new_holder_secret()
    customer = join(home, name=name, holder=holder)
    return renew_holder(home, engine, customer, *photos)


def renew_holder(home: Home, engine: Engine, customer: Customer, *photos: str) -> Holder:
    """Make a template from photographs for a new pass; the one before is gone."""
    holder = new_holder_secret()
    captured = enrolment.renew(
        home.office,
        engine,
        subject_id=customer.subject_id,
        images=[photo(name) for name in photos],
        gate=ENROL_PHOTO,
        actor="test",
        holder=holder,
    )
    assert captured.result.accepted == len(photos)
    return Holder(Customer(customer.subject_id, holder.alias, customer.code), holder)


def code_on_pass(page: str) -> str:
    """Read the code off the kiosk's page, as a phone would."""
    drawing = re.search(r'viewBox="0 0 (\d+) \d+" class="segno">.*?stroke="#000" d="([^"]+)"', page)
    assert drawing is not None, "there is no code on the page"
    size, scale = int(drawing[1]), 8
    image = np.full((size * scale, size * scale), 255, np.uint8)
    x = y = 0.0
    for command, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?", drawing[2]):
        if command == "M":
            x, y = float(first), float(second)
        elif command == "m":
            x, y = x + float(first), y + float(second)
        else:
            top, end = int(y), x + float(first)
            image[top * scale : (top + 1) * scale, int(x) * scale : int(end) * scale] = 0
            x = end
    (text,) = read_codes(np.dstack([image] * 3))
    return text


@dataclass
class PassShop:
    """A shop at work under `pass`, with one camera."""

    live: LiveHub
    engine: Engine
    folder: Path
    camera: RunningCamera | None = None

    @property
    def home(self) -> Home:
        return self.live.home

    def look(self, clip: Path) -> RunningCamera:
        """Let the camera play a clip over and over; it listens when this returns."""
        if self.camera is not None:
            self.camera.stop()
        state, code = self.folder / "edge", self.folder / "code.txt"
        if not state.exists():
            code.write_text(pairing_code(self.home, "edge", CAMERA))
        config = make_config(
            source=str(clip), hub=self.live.url, state=state, pair_code_file=code, loop=True
        )
        self.camera = RunningCamera(config, self.engine)
        until(lambda: self.camera is not None and self.camera.has("started"))
        return self.camera

    def newest(self) -> Window | None:
        return self.live.hub.windows.newest(CAMERA)

    def wait_for(self, outcome: Outcome, seconds: float = 20.0) -> float:
        """Wait until the display would say this; returns how long it took."""

        def is_there() -> bool:
            newest = self.newest()
            return newest is not None and newest.outcome is outcome

        return until(is_there, seconds)


@pytest.fixture
def pass_shop(shop: Home, real_engine: Engine, tmp_path: Path) -> Iterator[PassShop]:
    model_id = real_engine.encoder.model_id
    policy = EdgePolicy(region="eu", policy="pass", model_id=model_id, live=True)
    app = create_app(shop, real_engine, policy=policy)
    server = HubServer(app, host="127.0.0.1", port=0)
    server.start()
    made = PassShop(
        LiveHub(server.url, app.extensions[EXTENSION], app, shop), real_engine, tmp_path
    )
    yield made
    if made.camera is not None:
        made.camera.stop()
    server.close()
