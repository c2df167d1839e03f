"""Presses by MQTT: the hub listens on a topic per camera, and answers with the outcome only.

`<topic>/<camera>` with the payload `press` opens a window; `<topic>/<camera>/result` says what came
of it, in one word (`Outcome`). Nothing of a person is ever published. What is not asked for in this
very moment is not taken: no retained message, and nothing that a broker kept while the hub was away
(the session is clean). docs/integrators/triggers.md shows it; docs/decisions/0092 says why.
"""

import logging
import re
import ssl
import threading
from typing import Final, Self

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from clienteling.config import MqttConfig
from clienteling.errors import StartError
from clienteling.service.presses import PressDesk
from clienteling.service.windows import Outcome, Window, WindowBoard

_LOG = logging.getLogger(__name__)

PRESS: Final = b"press"

_CAMERA: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_KEEPALIVE_SECONDS: Final = 30
_LONGEST_RETRY_SECONDS: Final = 30
_LOOK_SECONDS: Final = 0.2


class MqttEntrance:
    """One hub's line to its broker, as a context: `with MqttEntrance(…): serve()`.

    Entering returns at once: a broker that is away is waited for.
    """

    def __init__(self, config: MqttConfig, desk: PressDesk, windows: WindowBoard) -> None:
        """Prepare; nothing is sent yet.

        Raises:
            StartError: the password or the certificate cannot be read.
        """
        self._config = config
        self._desk = desk
        self._windows = windows
        self._open: dict[str, Window] = {}
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._client = _client(config)
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._disconnected
        self._client.on_message = self._heard
        self._thread = threading.Thread(target=self._follow, name="mqtt-results", daemon=True)

    def __enter__(self) -> Self:
        """Connect, and keep connected, in threads of their own."""
        self._client.connect_async(self._config.host, self._config.port, _KEEPALIVE_SECONDS)
        self._client.loop_start()
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """End; returns when the threads are gone."""
        self._ending.set()
        self._client.disconnect()
        self._client.loop_stop()
        self._thread.join(timeout=5)

    def is_connected(self) -> bool:
        """Whether the broker lets this hub in now."""
        return self._client.is_connected()

    def _connected(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            _LOG.warning("The MQTT broker refuses this hub: %s. It is tried again.", reason)
            return
        client.subscribe(f"{self._config.topic}/+", qos=1)

    def _disconnected(
        self,
        _client: Client,
        _userdata: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if not self._ending.is_set():
            _LOG.warning("The MQTT broker is away: %s. It is tried again.", reason)

    def _heard(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        """Take a message, after every check; each that fails drops it.

        1. It was sent now, and not kept by the broker for whoever comes.
        2. Its topic names what can be a camera.
        3. It says `press`, and nothing else.
        """
        camera = message.topic.rpartition("/")[2]
        if message.retain or not _CAMERA.fullmatch(camera) or message.payload != PRESS:
            _LOG.warning("An MQTT message was no press (retained, wrong topic or other words).")
            return
        try:
            pressed = self._desk.press(camera)
        except Exception as error:  # noqa: BLE001 - this thread must go on: it is the only one
            _LOG.error("A press by MQTT failed: %s.", type(error).__name__)
            pressed = Outcome.UNAVAILABLE
        if not isinstance(pressed, Window):
            self._tell(camera, pressed)
            return
        with self._lock:
            is_new = pressed.id not in self._open
            self._open[pressed.id] = pressed
        if is_new:
            self._tell(camera, pressed.outcome)

    def _follow(self) -> None:
        """Tell what comes of each window, once."""
        while not self._ending.wait(_LOOK_SECONDS):
            with self._lock:
                waiting = tuple(self._open.values())
            for window in waiting:
                outcome = self._windows.outcome(window.id, window.camera)
                if outcome is Outcome.LOOKING:
                    continue
                with self._lock:
                    del self._open[window.id]
                self._tell(window.camera, outcome or Outcome.UNAVAILABLE)

    def _tell(self, camera: str, outcome: Outcome) -> None:
        self._client.publish(f"{self._config.topic}/{camera}/result", outcome.value, qos=0)


def _client(config: MqttConfig) -> Client:
    client = Client(CallbackAPIVersion.VERSION2, clean_session=True)
    client.reconnect_delay_set(min_delay=1, max_delay=_LONGEST_RETRY_SECONDS)
    if config.username is not None:
        client.username_pw_set(config.username, _password(config))
    if config.tls:
        try:
            client.tls_set_context(ssl.create_default_context(cafile=config.ca_file))
        except (OSError, ssl.SSLError) as error:
            raise StartError(
                f"[mqtt] ca_file: {config.ca_file} is not a certificate file that can be read."
            ) from error
    return client


def _password(config: MqttConfig) -> str | None:
    if config.password_file is None:
        return None
    try:
        return config.password_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"[mqtt] password_file: {config.password_file} cannot be read.") from error
