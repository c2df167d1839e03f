"""The whole way at the till: real hub, real camera, somebody who asks, makes the steps, leaves."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from camera.config import make_config
from clienteling.customers import enrolment
from clienteling.edge_protocol import EdgePolicy
from clienteling.home import Home
from clienteling.recognition.engine import Engine
from clienteling.recognition.liveness.challenge import steps_of
from clienteling.recognition.liveness.gesture import Step
from clienteling.recognition.quality import ENROL_PHOTO
from consent.office import withdraw
from consent.purposes import Purpose
from tests.support.cameras import RunningCamera, until
from tests.support.clips import PHOTOS, compose, scene
from tests.support.faces import photo
from tests.support.people import Customer, join
from tests.support.signs import ActingReader
from tests.support.tills import AT_BOTH, COUNTER, Till, identifying, pair_till
from tests.support.web import LiveHub, pairing_code
from web.app import create_app
from web.context import EXTENSION
from web.server import HubServer


@pytest.fixture
def live(shop: Home, real_engine: Engine) -> Iterator[LiveHub]:
    policy = EdgePolicy(
        region="eu", policy="trigger", model_id=real_engine.encoder.model_id, live=True
    )
    home = identifying(shop)
    app = create_app(home, real_engine, policy=policy)
    server = HubServer(app, host="127.0.0.1", port=0)
    server.start()
    yield LiveHub(server.url, app.extensions[EXTENSION], app, home)
    server.close()


@pytest.fixture
def customer(live: LiveHub, real_engine: Engine) -> Customer:
    """Somebody who chose both the door and the till."""
    joined = join(live.home, purposes=AT_BOTH)
    images = [photo("a1"), photo("a2")]
    office, gate, who = live.home.office, ENROL_PHOTO, joined.subject_id
    enrolment.renew(office, real_engine, subject_id=who, images=images, gate=gate, actor="test")
    return joined


@pytest.fixture
def till(live: LiveHub) -> Till:
    return pair_till(live.app.test_client(), live.home)


@pytest.fixture
def camera(
    live: LiveHub,
    customer: Customer,
    real_engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[RunningCamera]:
    """A camera at the till, before which the customer makes the steps that are asked for."""

    def asked() -> Sequence[Step]:
        window = live.hub.windows.newest(COUNTER)
        assert window is not None
        return steps_of(window.id)

    monkeypatch.setattr("camera.pipeline.shared_reader", lambda: ActingReader(asked))
    code = tmp_path / "code.txt"
    code.write_text(pairing_code(live.home, "till_cam", COUNTER))
    clip = compose(tmp_path / "clip.avi", [scene(2.0, PHOTOS / "a3.jpg")])
    config = make_config(
        source=str(clip),
        hub=live.url,
        state=tmp_path / "edge",
        pair_code_file=code,
        loop=True,
        purpose="till",
    )
    running = RunningCamera(config, real_engine)
    until(lambda: running.has("started") or running.error)
    assert running.error is None, running.error
    yield running
    running.stop()


def ended(till: Till) -> dict[str, object]:
    """Ask, and return how it ended."""
    asked = till.ask()["identification"]
    until(lambda: till.see(asked)["state"] not in {"challenge", "waiting"}, every=0.3)
    return till.see(asked)


def test_from_the_question_to_the_name_and_to_being_forgotten(
    live: LiveHub, till: Till, camera: RunningCamera, customer: Customer
) -> None:
    assert camera.encoder_calls == 0  # nobody asked yet
    found = ended(till)
    assert found["state"] == "attached"
    assert found["attachment"]["greeting"] == "Robin Test"  # type: ignore[index]
    assert live.hub.board.live() == ()

    pulled = sum(event["event"] == "gallery" for event in camera.events)
    withdraw(live.home.office, customer.subject_id, {Purpose.TILL}, actor="k", method="kiosk")
    seconds = until(
        lambda: sum(event["event"] == "gallery" for event in camera.events) > pulled, 5.0
    )
    print(f"withdrawal of the till to the camera's new gallery: {seconds:.3f} s")  # noqa: T201
    assert ended(till)["state"] == "nobody"
