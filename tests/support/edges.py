"""A camera box for tests: real keys, real signatures, over Flask's test client."""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clienteling.edge_protocol import (
    PREFIX,
    GalleryReply,
    PairReply,
    gallery_aad,
    gallery_info,
    sign_request,
)
from clienteling.home import Home
from consent.clock import stamp
from consent.sealing import DeviceKeys, hpke_unwrap, new_device_keys, unseal
from tests.support.web import pairing_code


@dataclass
class Edge:
    """One paired camera. `tamper` may change headers after signing."""

    client: FlaskClient
    home: Home
    device_id: str
    camera: str
    keys: DeviceKeys
    sequence: int = 0
    paired: PairReply | None = None
    extra: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, *, now: datetime | None = None) -> TestResponse:
        headers = self.sign("GET", PREFIX + path, b"", now)
        return self.client.get(PREFIX + path, headers=headers)

    def post(self, path: str, value: object, *, now: datetime | None = None) -> TestResponse:
        body = self.client.application.json.dumps(value).encode()
        return self.client.post(
            PREFIX + path,
            data=body,
            headers=self.sign("POST", PREFIX + path, body, now),
            content_type="application/json",
        )

    def sign(self, method: str, path: str, body: bytes, now: datetime | None) -> dict[str, str]:
        at = now or self.home.office.now()
        return sign_request(self.keys.sign, self.device_id, method, path, body, now=at)

    def pull(self) -> GalleryReply:
        """Fetch the gallery and acknowledge it."""
        answer = self.get("/gallery")
        assert answer.status_code == 200, answer.text
        reply = GalleryReply.model_validate_json(answer.data)
        assert self.post("/ack", {"v": 1, "version": reply.version}).status_code == 204
        return reply

    def open(self, reply: GalleryReply) -> dict[str, bytes]:
        """Return alias → vector bytes of a gallery."""
        info = gallery_info(self.device_id, reply.version)
        key = hpke_unwrap(self.keys.open, reply.content_key, info)
        return {
            entry.alias: unseal(
                key,
                entry.sealed,
                gallery_aad(
                    self.device_id,
                    reply.version,
                    entry.alias,
                    reply.model_id,
                    entry.images,
                    entry.stricter,
                ),
            )
            for entry in reply.entries
        }

    def sighting(self, window_id: str | None, alias: str, version: int, **changes: object) -> Any:
        """Return a sighting with the next number."""
        self.sequence += 1
        return {
            "window_id": window_id,
            "alias": alias,
            "gallery_version": version,
            "camera": self.camera,
            "score": 0.7,
            "frames": 5,
            "captured_at": stamp(self.home.office.now()),
            "sequence": self.sequence,
            "nonce": base64.urlsafe_b64encode(secrets.token_bytes(16)).decode(),
        } | changes

    def send(self, *sightings: object) -> tuple[int, int]:
        """Post a batch; returns (accepted, refused)."""
        answer = self.post("/sightings", {"v": 1, "sightings": list(sightings)})
        assert answer.status_code == 200, answer.text
        assert answer.json is not None
        return answer.json["accepted"], answer.json["refused"]

    def close(self, window_id: str, decision: str) -> None:
        """Tell how a window ended."""
        closed = {"window_id": window_id, "decision": decision, "frames": 5}
        answer = self.post("/sightings", {"v": 1, "closed": [closed]})
        assert answer.status_code == 200, answer.text


def pair_edge(
    client: FlaskClient,
    home: Home,
    camera: str = "door",
    kind: str = "edge",
    code: str | None = None,
) -> Edge:
    """Pair a camera box, with a code from before if given; a `till_cam` stands at a till."""
    keys = new_device_keys()
    answer = client.post(
        f"{PREFIX}/pair",
        json={
            "v": 1,
            "code": code or pairing_code(home, kind, camera),
            "name": "test edge",
            "sign_public": base64.urlsafe_b64encode(keys.sign_public).decode(),
            "open_public": base64.urlsafe_b64encode(keys.open_public).decode(),
        },
    )
    assert answer.status_code == 200, answer.text
    reply = PairReply.model_validate_json(answer.data)
    return Edge(client, home, reply.device_id, reply.camera, keys, paired=reply)
