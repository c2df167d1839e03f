"""The list of addresses that a process may connect to."""

import socket
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera.config import load_box
from clienteling.config import Config, MqttConfig, RegionConfig, StoreConfig
from clienteling.egress import EgressRefusedError, Place, only_to, place_of, require_local
from clienteling.keystore.keys_config import VaultKeys

#: Addresses for documentation (RFC 5737, RFC 3849): nobody has them.
ELSEWHERE = ("192.0.2.1", 443)
ELSEWHERE_6 = ("2001:db8::1", 443)


def _try(address: tuple[str, int], family: int = socket.AF_INET) -> None:
    """Connect a datagram socket: passes the guard or not, and sends nothing."""
    with closing(socket.socket(family, socket.SOCK_DGRAM)) as line, suppress(OSError):
        line.connect(address)


def test_nothing_is_refused_outside() -> None:
    with only_to(()), pytest.raises(EgressRefusedError):
        _try(ELSEWHERE)
    with closing(socket.socket(type=socket.SOCK_DGRAM)) as line:
        line.connect(ELSEWHERE)  # a datagram's: nothing is sent


WAYS_OUT: dict[str, Callable[[socket.socket], object]] = {
    "connect": lambda line: line.connect(ELSEWHERE),
    "connect_ex": lambda line: line.connect_ex(ELSEWHERE),
    "sendto": lambda line: line.sendto(b"x", ELSEWHERE),
    "sendmsg": lambda line: line.sendmsg([b"x"], [], 0, ELSEWHERE),
    "look-up": lambda _line: socket.getaddrinfo("elsewhere.example", 443),
    "older look-up": lambda _line: socket.gethostbyname("elsewhere.example"),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_every_way_out_is_refused(way: str) -> None:
    refused = pytest.raises(EgressRefusedError, match="nothing was sent")
    with closing(socket.socket(type=socket.SOCK_DGRAM)) as line, only_to(()), refused:
        WAYS_OUT[way](line)


def test_ipv6_and_other_threads_are_refused_too() -> None:
    caught: list[BaseException] = []

    def other() -> None:
        try:
            _try(ELSEWHERE)
        except EgressRefusedError as error:
            caught.append(error)

    with only_to(()):
        with pytest.raises(EgressRefusedError):
            _try(ELSEWHERE_6, socket.AF_INET6)
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(caught) == 1


def test_what_is_named_and_this_machine_are_reached() -> None:
    with only_to((Place("192.0.2.1", 443, "keys.url"), Place("localhost", 1, "mqtt.host"))):
        _try(ELSEWHERE)
        _try(("127.0.0.1", 9))
        _try(("::1", 9), socket.AF_INET6)
        socket.getaddrinfo("localhost", 80)
        with pytest.raises(EgressRefusedError, match=r"keys\.url"):
            _try(("192.0.2.1", 80))  # another port of the same host


def test_a_named_host_is_known_by_its_number_too(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)
    with only_to((Place("vault.shop.example", 443, "keys.url"),)):
        _try(ELSEWHERE)
        with pytest.raises(EgressRefusedError):
            _try(("192.0.2.2", 443))


@given(st.ip_addresses().filter(lambda one: not one.is_loopback and not one.is_unspecified))
def test_no_number_but_the_named_one_is_reached(address: object) -> None:
    host = str(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    if getattr(getattr(address, "ipv4_mapped", None), "is_loopback", False):
        return
    with only_to((Place("192.0.2.9", 443, "keys.url"),)):
        if host == "192.0.2.9":
            return
        with pytest.raises(EgressRefusedError):
            _try((host, 443), family)


def test_a_hub_names_vault_and_its_broker(tmp_path: Path) -> None:
    config = Config(
        store=StoreConfig(id="1", name="Test"),
        region=RegionConfig(region="eu"),
        keys=VaultKeys(
            provider="vault", url="https://vault.shop.example:8200", token_file=tmp_path / "token"
        ),
        mqtt=MqttConfig(host="broker.shop.example", port=8883, topic="shop", tls=True),
    )
    assert config.places() == (
        Place("vault.shop.example", 8200, "keys.url"),
        Place("broker.shop.example", 8883, "mqtt.host"),
    )


def test_a_camera_names_its_hub_and_its_stream(tmp_path: Path) -> None:
    file = tmp_path / "box.toml"
    lines = 'hub = "https://hub.shop.example"\nstate = "state"\n'
    file.write_text(lines + 'source = "rtsp://10.0.0.8/stream"\n')
    assert load_box(file).places() == (
        place_of("https://hub.shop.example", "hub"),
        Place("10.0.0.8", 554, "source"),
    )
    file.write_text(lines + 'source = "rtsp://8.8.8.8/stream"\n')
    with pytest.raises(EgressRefusedError, match="public address"):
        load_box(file).places()


def test_a_name_that_nobody_knows_yet_may_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    require_local("camera.shop.example", "source")
