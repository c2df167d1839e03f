"""The hub's log as anybody reads it, `/log/v1`: bounded, over TLS, and nobody else is spoken to."""

import base64
import ssl
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

import httpx
from pydantic import BaseModel, ValidationError

from clienteling.errors import StartError
from clienteling.witness.errors import HubAwayError, NotRegisteredError
from consent.errors import LedgerError
from consent.log.notes import Checkpoint, parse_checkpoint

_SECONDS: Final = 10.0
_LONGEST: Final = 65_536
#: What the hub says where it cannot prove; anything else is a fault on the way.
_CANNOT_PROVE: Final = frozenset({"unproven", "no_such_size"})


class UnprovenError(Exception):
    """The hub says that it cannot prove; the message is its own."""


class _Path(BaseModel):
    path: list[str]


class _Refusal(BaseModel):
    error: str
    message: str


class PublicLog:
    """One hub's log. `hub_time` is the hub's clock at its last answer, if it told."""

    def __init__(self, hub: str, ca_file: Path | None) -> None:
        """Prepare; nothing is sent yet. `hub` was checked by the settings.

        Raises:
            StartError: the certificate file cannot be read.
        """
        try:
            trust = ssl.create_default_context(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise StartError(f"{ca_file} is not a certificate file that can be read.") from error
        self._shown = hub
        self._base = f"{hub}/log/v1"
        self._client = httpx.Client(
            timeout=_SECONDS, trust_env=False, follow_redirects=False, verify=trust
        )
        self.hub_time: datetime | None = None

    def checkpoint(self) -> Checkpoint:
        """Return the newest checkpoint, unchecked.

        Raises:
            HubAwayError: no answer, or not a checkpoint.
        """
        reply = self._send("GET", "/checkpoint")
        if not reply.is_success:
            raise self._away(reply)
        try:
            return parse_checkpoint(reply.text)
        except LedgerError as error:
            raise self._away(reply) from error

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """Return the proof that the log of `new` entries begins with that of `old`, unchecked.

        Raises:
            UnprovenError: the hub says that it cannot.
            HubAwayError: no answer, or not a proof.
        """
        reply = self._send("GET", f"/proof/consistency?old={old}&new={new}")
        try:
            if reply.is_success:
                encoded = _Path.model_validate_json(reply.content).path
                return tuple(base64.b64decode(step, validate=True) for step in encoded)
            refusal = _Refusal.model_validate_json(reply.content)
        except ValueError as error:
            raise self._away(reply) from error
        if refusal.error in _CANNOT_PROVE:
            raise UnprovenError(refusal.message)
        raise self._away(reply)

    def cosign(self, note: str) -> None:
        """Bring a cosigned note to the hub.

        Raises:
            NotRegisteredError: it does not take it; the message is its own.
            HubAwayError: no answer.
        """
        reply = self._send("POST", "/cosignatures", note)
        if reply.is_success:
            return
        try:
            refusal = _Refusal.model_validate_json(reply.content)
        except ValidationError as error:
            raise self._away(reply) from error
        if reply.status_code == httpx.codes.FORBIDDEN:
            raise NotRegisteredError(f"The hub does not take the cosignature: {refusal.message}")
        raise self._away(reply)

    def close(self) -> None:
        """End every connection."""
        self._client.close()

    def _send(self, method: str, path: str, note: str | None = None) -> httpx.Response:
        headers = {"Accept": "text/plain, application/json"}
        if note is not None:
            headers["Content-Type"] = "text/plain; charset=utf-8"
        body = None if note is None else note.encode()
        try:
            with self._client.stream(
                method, self._base + path, content=body, headers=headers
            ) as reply:
                content = bytearray()
                for chunk in reply.iter_bytes():
                    content += chunk
                    if len(content) > _LONGEST:
                        raise self._away(reply)
        except (httpx.TransportError, httpx.StreamError, OSError) as error:
            raise HubAwayError(
                f"The hub at {self._shown} does not answer ({type(error).__name__}). Check that "
                "it runs and that this machine can reach it; nothing was cosigned."
            ) from error
        self.hub_time = _time(reply.headers.get("Date"))
        return httpx.Response(reply.status_code, content=bytes(content))

    def _away(self, reply: httpx.Response) -> HubAwayError:
        return HubAwayError(
            f"What answers at {self._shown} does not answer as this shop's hub (status "
            f"{reply.status_code}). Check the address; install the same version on both."
        )


def _time(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
