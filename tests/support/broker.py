"""A real Mosquitto of the test's own: on a free port, with the settings that the test wants.

Where CI=true its absence is a failure; elsewhere the tests are skipped, and say why.
"""

import base64
import hashlib
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from tests.support.certificates import certificate
from tests.support.web import eventually


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


class Broker:
    """`start` and `stop` may be called again: the port stays."""

    def __init__(self, program: str, folder: Path, settings: tuple[str, ...] = ()) -> None:
        self.port = _free_port()
        self._program = program
        self._file = folder / "mosquitto.conf"
        # As the user who runs the tests: as its own it could not read their folder.
        user = f"user {pwd.getpwuid(os.getuid()).pw_name}"
        lines = (f"listener {self.port} 127.0.0.1", "persistence false", user, *settings)
        self._file.write_text("\n".join(lines) + "\n")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [self._program, "-c", str(self._file)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert eventually(self._listens), "mosquitto did not start"

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def _listens(self) -> bool:
        with socket.socket() as asked:
            return asked.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture
def mosquitto() -> str:
    """The broker's program."""
    found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        reason = "needs Mosquitto: apt-get install mosquitto"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return str(found)


@pytest.fixture
def broker(mosquitto: str, tmp_path: Path) -> Iterator[Broker]:
    """A broker that lets everybody in."""
    made = Broker(mosquitto, tmp_path, ("allow_anonymous true",))
    made.start()
    yield made
    made.stop()


class Switch:
    """A button on MQTT, and what it hears."""

    def __init__(self, port: int, topic: str) -> None:
        self._topic = topic
        self.heard: list[str] = []
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._hear
        self._client.connect("127.0.0.1", port)
        self._client.subscribe(f"{topic}/+/result")
        self._client.loop_start()

    def press(self, camera: str = "door", payload: str = "press", *, retain: bool = False) -> None:
        sent = self._client.publish(f"{self._topic}/{camera}", payload, qos=1, retain=retain)
        sent.wait_for_publish(10)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _hear(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        camera = message.topic.split("/")[-2]
        self.heard.append(f"{camera}: {message.payload.decode()}")


def closed_broker(program: str, folder: Path, username: str, password: str) -> Broker:
    """Start a broker that speaks TLS only (`broker.crt` vouches for it) and knows one user."""
    vouching, key = certificate()
    (folder / "broker.crt").write_bytes(vouching)
    (folder / "broker.key").write_bytes(key)
    salt = os.urandom(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 101)
    hashed = "$".join(("7", "101", *(base64.b64encode(part).decode() for part in (salt, digest))))
    (folder / "users").write_text(f"{username}:${hashed}\n")
    made = Broker(
        program,
        folder,
        (
            f"certfile {folder / 'broker.crt'}",
            f"keyfile {folder / 'broker.key'}",
            "allow_anonymous false",
            f"password_file {folder / 'users'}",
        ),
    )
    made.start()
    return made
