"""One try at one receiver: to the number that was checked, in bounded time, no redirect followed.

Of the answer only the status and `Retry-After` are looked at; its body is not read.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any, Final

import httpx

from clienteling.addresses import is_loopback
from clienteling.egress import EgressRefusedError
from clienteling.errors import StartError

#: Seconds until a connection stands, and for each further step.
_CONNECT: Final = 5.0
_STEP: Final = 10.0
#: Seconds that a try takes at most, however slowly the receiver drips.
DEADLINE: Final = 15.0


class Failure(StrEnum):
    """Why there was no answer."""

    UNKNOWN_HOST = "unknown_host"
    ADDRESS = "address"  # the name leads to a number that no receiver has
    EGRESS = "egress"  # the configuration does not name it (any more)
    CONNECT = "connect"
    TIMEOUT = "timeout"
    BROKEN = "broken"  # no HTTP answer


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a try.

    Attributes:
        status: Of the answer; None: there was none.
        failure: Why there was none.
        wait: So long the receiver asks not to be tried again.
    """

    status: int | None = None
    failure: Failure | None = None
    wait: timedelta = timedelta()

    @property
    def is_success(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and httpx.codes.is_success(self.status)

    @property
    def result(self) -> str:
        """Return it as a delivery keeps it."""
        return str(self.status) if self.failure is None else self.failure.value


class Sender:
    """Sends; its method may be called from several threads."""

    def __init__(self, ca_file: Path | None = None, *, deadline: float = DEADLINE) -> None:
        """Prepare; nothing is sent yet.

        Raises:
            StartError: the certificate file cannot be read.
        """
        self._ca_file = ca_file
        self._deadline = deadline
        if ca_file is not None:
            _ = self._trust

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """Whom to trust; the system's list takes a moment to read, and often nobody is told."""
        try:
            return ssl.create_default_context(cafile=self._ca_file)
        except (OSError, ssl.SSLError) as error:
            message = f"{self._ca_file} is not a certificate file that can be read."
            raise StartError(message) from error

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send once, after every check.

        1. The name is looked up, once.
        2. No number is used that belongs to no receiver (`_is_usable`).
        3. The connection goes to that very number; the certificate must be the name's.
        4. Nothing is sent where the configuration does not allow it: `clienteling.egress` sees
           the look-up and the connection.
        """
        target = httpx.URL(url)
        until = time.monotonic() + self._deadline
        try:
            numbers = _numbers(target)
        except EgressRefusedError:
            return Answer(failure=Failure.EGRESS)
        except OSError:
            return Answer(failure=Failure.UNKNOWN_HOST)
        answer = Answer(failure=Failure.ADDRESS)
        for number in (one for one in numbers if _is_usable(one, target.host)):
            answer = self._post(target, number, headers, body, until)
            if answer.failure is not Failure.CONNECT or time.monotonic() > until:
                break
        return answer

    def _post(
        self, target: httpx.URL, number: str, headers: Mapping[str, str], body: bytes, until: float
    ) -> Answer:
        seconds = until - time.monotonic()
        limits = httpx.Timeout(min(_STEP, seconds), connect=min(_CONNECT, seconds))
        try:
            with (
                httpx.Client(
                    timeout=limits, trust_env=False, follow_redirects=False, verify=self._trust
                ) as client,
                _cut_off(seconds) as watch,
                client.stream(
                    "POST",
                    target.copy_with(host=number),
                    headers={**headers, "host": target.netloc.decode("ascii")},
                    content=body,
                    extensions={"sni_hostname": target.host, "trace": watch},
                ) as reply,
            ):
                return Answer(reply.status_code, wait=_wait(reply.headers.get("retry-after")))
        except EgressRefusedError:
            return Answer(failure=Failure.EGRESS)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return Answer(failure=Failure.CONNECT)
        except httpx.TimeoutException:
            return Answer(failure=Failure.TIMEOUT)
        except httpx.HTTPError:
            late = time.monotonic() > until
            return Answer(failure=Failure.TIMEOUT if late else Failure.BROKEN)


def _numbers(target: httpx.URL) -> tuple[str, ...]:
    """Return the numbers of a host, in the order in which they are to be tried."""
    port = target.port or {"http": 80, "https": 443}[target.scheme]
    found = socket.getaddrinfo(target.host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def _is_usable(number: str, host: str) -> bool:
    """Whether a receiver of this name can have this number.

    This machine only where the name says so: no name leads to what listens for us alone. The
    shop's own network is fine, for the configuration names the host; link-local numbers (where
    clouds keep secrets) and those of nobody are not.
    """
    address = ip_address(number)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return is_loopback(host)
    return not (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address.is_reserved
    )


class _Watch:
    """Hears from httpx which socket a try uses, and shuts it when its time is over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._over = False

    def __call__(self, name: str, told: Mapping[str, Any]) -> None:
        if name in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            with self._lock:
                self._socket = told["return_value"].get_extra_info("socket")
            if self._over:
                self.end()

    def end(self) -> None:
        with self._lock:
            self._over = True
            if self._socket is not None:
                with suppress(OSError):  # it ended by itself
                    self._socket.shutdown(socket.SHUT_RDWR)


@contextmanager
def _cut_off(seconds: float) -> Iterator[_Watch]:
    """End the connection after so long: the limits of httpx are for each step, not for all."""
    watch = _Watch()
    timer = threading.Timer(seconds, watch.end)
    timer.daemon = True
    timer.start()
    try:
        yield watch
    finally:
        timer.cancel()


def _wait(told: str | None) -> timedelta:
    """Return what `Retry-After` says; zero: nothing that can be understood."""
    if told is None:
        return timedelta()
    if told.isascii() and told.isdigit():
        return timedelta(seconds=min(int(told), 10**6))
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return timedelta()
    return max(until.astimezone(UTC) - datetime.now(UTC), timedelta())
