"""A stand-in for Vault's transit engine that speaks its documented HTTP API and really encrypts.

After https://developer.hashicorp.com/vault/api-docs/secret/transit. Keys never leave the object; a
request whose path, method, headers or body is not in the documentation is answered as Vault would
answer it, and kept in `refused` for the test to see.
"""

import base64
import json
import os
import re
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TOKEN = "hvs.test-token"

Answer = tuple[int, dict[str, Any] | None]


@dataclass
class TransitKey:
    """One key: its versions, by number."""

    kind: str = "aes256-gcm96"
    derived: bool = False
    exportable: bool = False
    deletion_allowed: bool = False
    oldest: int = 1
    encrypts_from: int = 0
    versions: dict[int, bytes] = field(default_factory=lambda: {1: os.urandom(32)})

    def cipher(self, version: int, context: bytes) -> AESGCM:
        hkdf = HKDF(SHA256(), length=32, salt=None, info=context)
        return AESGCM(hkdf.derive(self.versions[version]))


@dataclass
class FakeVault:
    """The engine mounted at `transit`."""

    keys: dict[str, TransitKey] = field(default_factory=dict)
    sealed: bool = False
    calls: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, method: str, path: str, headers: Any, body: dict[str, Any]) -> Answer:
        self.calls.append(f"{method} {path}")
        if self.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        if headers.get("X-Vault-Token") != TOKEN or headers.get("X-Vault-Request") != "true":
            return 403, {"errors": ["permission denied"]}
        match = re.fullmatch(r"/v1/transit/(keys|encrypt|decrypt|rewrap)/([\w.-]+)(/\w+)?", path)
        if match is None:
            return self._refuse(method, path, 404, "no handler for route")
        kind, name, rest = match.groups()
        act = getattr(self, f"_{kind}", None)
        assert act is not None
        done: Answer = act(method, name, rest or "", body)
        return done

    def _refuse(self, method: str, path: str, code: int, error: str) -> Answer:
        self.refused.append(f"{method} {path}: {error}")
        return code, {"errors": [error]}

    def _keys(  # noqa: PLR0911  (one answer for each of the API's calls)
        self, method: str, name: str, rest: str, body: dict[str, Any]
    ) -> Answer:
        key = self.keys.get(name)
        if (method, rest) == ("POST", ""):
            self.keys.setdefault(
                name, TransitKey(body["type"], body.get("derived", False), body["exportable"])
            )
            return 204, None
        if key is None:
            return (404, {"errors": []}) if method == "GET" else (400, {"errors": ["not found"]})
        if (method, rest) == ("GET", ""):
            return 200, {
                "data": {
                    "type": key.kind,
                    "derived": key.derived,
                    "exportable": key.exportable,
                    "latest_version": max(key.versions),
                    "min_decryption_version": key.oldest,
                }
            }
        if (method, rest) == ("DELETE", ""):
            if not key.deletion_allowed:
                return self._refuse(method, name, 400, "deletion is not allowed for this key")
            del self.keys[name]
            return 204, None
        if (method, rest) == ("POST", "/rotate"):
            key.versions[max(key.versions) + 1] = os.urandom(32)
            return 204, None
        if (method, rest) == ("POST", "/config"):
            key.deletion_allowed = body.get("deletion_allowed", key.deletion_allowed)
            key.oldest = body.get("min_decryption_version", key.oldest)
            key.encrypts_from = body.get("min_encryption_version", key.encrypts_from)
            return 204, None
        if (method, rest) == ("POST", "/trim"):
            least = body["min_available_version"]
            if not key.encrypts_from or least > min(key.oldest, key.encrypts_from):
                return self._refuse(method, name, 400, "above min_decryption_version")
            key.versions = {n: secret for n, secret in key.versions.items() if n >= least}
            return 204, None
        return self._refuse(method, name + rest, 405, "unsupported operation")

    def _encrypt(self, method: str, name: str, _rest: str, body: dict[str, Any]) -> Answer:
        key = self.keys.get(name)
        if method != "POST" or key is None:
            return 400, {"errors": ["encryption key not found"]}
        if key.derived and not body.get("context"):
            return self._refuse(method, name, 400, "missing 'context' for key derivation")
        plain = base64.b64decode(body["plaintext"], validate=True)
        return 200, {"data": {"ciphertext": self._seal(key, plain, body), "key_version": 1}}

    def _decrypt(self, method: str, name: str, _rest: str, body: dict[str, Any]) -> Answer:
        key = self.keys.get(name)
        if method != "POST" or key is None:
            return 400, {"errors": ["encryption key not found"]}
        plain = self._open(key, body)
        if plain is None:
            return 400, {"errors": ["cipher: message authentication failed"]}
        return 200, {"data": {"plaintext": base64.b64encode(plain).decode()}}

    def _rewrap(self, method: str, name: str, _rest: str, body: dict[str, Any]) -> Answer:
        key = self.keys[name]
        plain = self._open(key, body)
        if method != "POST" or plain is None:
            return 400, {"errors": ["cipher: message authentication failed"]}
        return 200, {"data": {"ciphertext": self._seal(key, plain, body)}}

    @staticmethod
    def _seal(key: TransitKey, plain: bytes, body: dict[str, Any]) -> str:
        version, nonce = max(key.versions), os.urandom(12)
        context = base64.b64decode(body["context"], validate=True)
        sealed = nonce + key.cipher(version, context).encrypt(nonce, plain, None)
        return f"vault:v{version}:{base64.b64encode(sealed).decode()}"

    @staticmethod
    def _open(key: TransitKey, body: dict[str, Any]) -> bytes | None:
        _, version, text = body["ciphertext"].split(":")
        number = int(version.removeprefix("v"))
        if number < key.oldest or number not in key.versions:
            return None
        sealed = base64.b64decode(text)
        context = base64.b64decode(body["context"], validate=True)
        try:
            return key.cipher(number, context).decrypt(sealed[:12], sealed[12:], None)
        except InvalidTag:
            return None


class _Handler(BaseHTTPRequestHandler):
    vault: ClassVar[FakeVault]

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        code, answer = self.vault.answer(self.command, self.path, self.headers, body)
        payload = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_GET = do_POST = do_DELETE = do_PUT = _handle  # noqa: N815  (the library's names)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def serving(vault: FakeVault, certificate: Path | None = None) -> Iterator[FakeVault]:
    """Answer on a port of this machine until the test ends; with a certificate, over TLS."""
    handler = type("Handler", (_Handler,), {"vault": vault})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            scheme = "https"
        vault.url = f"{scheme}://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield vault
        server.shutdown()
        thread.join()


@pytest.fixture
def vault() -> Iterator[FakeVault]:
    yield from serving(FakeVault())
