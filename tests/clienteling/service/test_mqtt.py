"""Presses by MQTT, through a real broker: what opens a window, what does not, and what is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from clienteling.bus import Subscription
from clienteling.config import MqttConfig
from clienteling.errors import StartError
from clienteling.home import Home
from clienteling.service.cameras import topic
from clienteling.service.mqtt import MqttEntrance
from clienteling.service.stop import stop
from clienteling.service.windows import Outcome
from tests.support.broker import Broker, Switch, closed_broker
from tests.support.edges import pair_edge
from tests.support.web import eventually
from web.context import Hub

TOPIC = "clienteling/test/greet"


@pytest.fixture
def camera(hub: Hub, client: FlaskClient, shop: Home) -> Subscription:
    """A paired camera that listens to its events."""
    pair_edge(client, shop)
    return hub.bus.subscribe(topic("door"))


@pytest.fixture
def switch(broker: Broker) -> Iterator[Switch]:
    made = Switch(broker.port, TOPIC)
    yield made
    made.close()


def config(broker: Broker, **changes: object) -> MqttConfig:
    return MqttConfig.model_validate(
        {"host": "127.0.0.1", "port": broker.port, "topic": TOPIC} | changes
    )


@pytest.fixture
def entrance(hub: Hub, broker: Broker, switch: Switch) -> Iterator[MqttEntrance]:
    """The hub listens: a camera that nobody paired is answered."""
    with MqttEntrance(config(broker), hub.presses, hub.windows) as made:

        def answered() -> bool:
            switch.press("nowhere")
            return eventually(lambda: bool(switch.heard), 0.2)

        assert eventually(answered, 10.0)
        switch.heard.clear()
        yield made


def test_a_press_opens_a_window_and_its_outcome_is_told_in_one_word(
    hub: Hub, camera: Subscription, switch: Switch, entrance: MqttEntrance
) -> None:
    switch.press()
    event = camera.next(5)
    assert event is not None
    assert event.name == "open_window"
    assert eventually(lambda: switch.heard == ["door: looking"])
    hub.windows.decide(str(event.data["window_id"]), Outcome.COMING)
    assert eventually(lambda: switch.heard == ["door: looking", "door: coming"])


def test_pressing_again_while_it_looks_opens_nothing_more(
    hub: Hub, camera: Subscription, switch: Switch, entrance: MqttEntrance
) -> None:
    for _ in range(3):
        switch.press()
    switch.press("nowhere")  # answered after the others: they come in order
    assert eventually(lambda: "nowhere: unavailable" in switch.heard)
    assert camera.next(0) is not None
    assert camera.next(0) is None
    assert [told for told in switch.heard if told.startswith("door")] == ["door: looking"]


@pytest.mark.parametrize(
    ("where", "payload", "retain"),
    [
        ("door", "", False),
        ("door", "PRESS", False),
        ("door", '{"action": "press"}', False),
        ("door", "press" * 1000, False),
        ("door", "press", True),  # what a broker keeps is nobody's press now
        ("do or", "press", False),
        ("d" * 65, "press", False),
    ],
)
def test_what_is_no_press_opens_nothing(
    hub: Hub,
    camera: Subscription,
    broker: Broker,
    switch: Switch,
    where: str,
    payload: str,
    retain: bool,
) -> None:
    if retain:
        switch.press(where, payload, retain=True)
    with MqttEntrance(config(broker), hub.presses, hub.windows):
        answered = "nowhere: unavailable"

        def asked() -> bool:
            if not retain:
                switch.press(where, payload)
            switch.press("nowhere")
            return eventually(lambda: answered in switch.heard, 0.2)

        assert eventually(asked, 10.0)
        assert set(switch.heard) == {answered}
    assert camera.next(0) is None


def test_the_same_refusals_as_at_the_display(
    hub: Hub, shop: Home, switch: Switch, entrance: MqttEntrance
) -> None:
    switch.press()
    assert eventually(lambda: switch.heard == ["door: unavailable"])
    stop(shop.office, actor="user:1")
    switch.press()
    assert eventually(lambda: switch.heard == ["door: unavailable", "door: stopped"])


def test_a_broker_that_comes_back_is_found_again(
    camera: Subscription, broker: Broker, entrance: MqttEntrance
) -> None:
    broker.stop()
    assert eventually(lambda: not entrance.is_connected())
    broker.start()
    switch = Switch(broker.port, TOPIC)

    def opened() -> bool:
        switch.press()
        return camera.next(0.2) is not None

    assert eventually(opened, 10.0)
    switch.close()


def test_a_broker_that_is_away_stops_nothing(hub: Hub, mosquitto: str, tmp_path: Path) -> None:
    absent = Broker(mosquitto, tmp_path)
    with MqttEntrance(config(absent), hub.presses, hub.windows):
        assert hub.presses.press("door") is Outcome.UNAVAILABLE


@pytest.mark.parametrize("password", ["a broker password", "another"])
def test_the_password_comes_from_its_file_and_goes_out_encrypted(
    hub: Hub, mosquitto: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, password: str
) -> None:
    """The right one lets the hub in; a wrong one does not, and appears nowhere."""
    made = closed_broker(mosquitto, tmp_path, "hub", "a broker password")
    (tmp_path / "password").write_text(f"{password}\n")
    settings = config(
        made,
        host="localhost",
        tls=True,
        ca_file=tmp_path / "broker.crt",
        username="hub",
        password_file=tmp_path / "password",
    )
    try:
        with MqttEntrance(settings, hub.presses, hub.windows) as entrance:
            if password == "a broker password":
                assert eventually(entrance.is_connected)
            else:
                assert eventually(lambda: "refuses this hub" in caplog.text)
                assert not entrance.is_connected()
    finally:
        made.stop()
    assert password not in caplog.text


def test_a_password_file_that_cannot_be_read_stops_the_start(hub: Hub, tmp_path: Path) -> None:
    wrong = MqttConfig(
        host="127.0.0.1", topic=TOPIC, username="hub", password_file=tmp_path / "absent"
    )
    with pytest.raises(StartError, match="absent cannot be read"):
        MqttEntrance(wrong, hub.presses, hub.windows)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"host": "broker.shop.example"}, "tls = true"),
        ({"topic": "greet/#"}, "pattern"),
        ({"topic": ""}, "pattern"),
        ({"password_file": "secret"}, "username"),
        ({"password": "secret"}, "extra"),
    ],
)
def test_what_is_not_safe_is_refused_by_the_configuration(
    changes: dict[str, object], why: str
) -> None:
    values = {"host": "127.0.0.1", "topic": TOPIC} | changes
    with pytest.raises(ValueError, match=why):
        MqttConfig.model_validate(values)
