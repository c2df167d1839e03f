"""Why a stream did not open: FFmpeg says only that it did not, so its server is asked once.

One DESCRIBE (RTSP, RFC 2326) or GET (HTTP) with the address's own name and password, by Basic or
Digest (RFC 2617). As FFmpeg does, a camera's certificate is not checked: almost none has one that
could be. Nothing of the answer but the verdict is kept.
"""

import hashlib
import re
import secrets
import socket
import ssl
from base64 import b64encode
from contextlib import closing
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import parse_http_list, parse_keqv_list

import httpx

from clienteling.edge_protocol import SourceState

_SECONDS: Final = 3.0
_MAX_BYTES: Final = 64 * 1024
#: What FFmpeg reads out of RTP, by the names of RFC 3551 and its successors.
_CODECS: Final = frozenset({"H264", "H265", "JPEG", "MP4V-ES", "VP8", "VP9", "AV1"})
_JPEG_PAYLOAD: Final = "26"  # static payload type; needs no rtpmap
_UNAUTHORISED: Final = 401
_REFUSALS: Final = frozenset({_UNAUTHORISED, 403})
_OK: Final = 200


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: str


def why_closed(address: str) -> SourceState:
    """Return why this rtsp(s):// or http(s):// address gave no pictures; takes at most seconds."""
    parts = urlsplit(address)
    try:
        answer = _describe(parts) if parts.scheme.startswith("rtsp") else _get(parts)
    except (OSError, ValueError, LookupError, httpx.HTTPError, httpx.InvalidURL):
        return "unreachable"
    if answer.status in _REFUSALS:
        return "refused"
    if answer.status != _OK:
        return "not_found"
    return "no_pictures" if _is_readable(answer) else "wrong_codec"


def _is_readable(answer: _Answer) -> bool:
    kind = answer.headers.get("content-type", "")
    if "sdp" not in kind:
        return kind.startswith(("multipart/", "video/"))
    described = {name.upper() for name in re.findall(r"a=rtpmap:\d+ ([\w-]+)/", answer.body)}
    payloads = re.findall(r"m=video \d+ \S+ (\d+)", answer.body)
    return bool(described & _CODECS) or _JPEG_PAYLOAD in payloads


def _get(parts: SplitResult) -> _Answer:
    name, password = _credentials(parts)
    plain = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    with httpx.Client(verify=False, timeout=_SECONDS, trust_env=False) as client:  # noqa: S501  # see above
        reply = _asked(client, plain, None)
        if reply.status == _UNAUTHORISED and name:
            is_digest = reply.headers.get("www-authenticate", "").lower().startswith("digest")
            kind = httpx.DigestAuth if is_digest else httpx.BasicAuth
            reply = _asked(client, plain, kind(name, password))
    return reply


def _asked(client: httpx.Client, url: str, auth: httpx.Auth | None) -> _Answer:
    with client.stream("GET", url, auth=auth) as reply:  # the body is an endless stream: not read
        return _Answer(reply.status_code, dict(reply.headers), "")


def _describe(parts: SplitResult) -> _Answer:
    name, password = _credentials(parts)
    url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    with closing(_connect(parts)) as line:
        answer = _ask(line, url, 1, "")
        challenge = answer.headers.get("www-authenticate", "")
        if answer.status == _UNAUTHORISED and name and challenge:
            answer = _ask(line, url, 2, _authorisation(challenge, name, password, url))
    return answer


def _connect(parts: SplitResult) -> socket.socket:
    is_secret = parts.scheme == "rtsps"
    port = parts.port or (322 if is_secret else 554)
    line = socket.create_connection((parts.hostname or "", port), timeout=_SECONDS)
    if not is_secret:
        return line
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(line)


def _ask(line: socket.socket, url: str, number: int, authorisation: str) -> _Answer:
    request = f"DESCRIBE {url} RTSP/1.0\r\nCSeq: {number}\r\nAccept: application/sdp\r\n"
    if authorisation:
        request += f"Authorization: {authorisation}\r\n"
    line.sendall(f"{request}\r\n".encode())
    reply = b""
    while b"\r\n\r\n" not in reply:
        reply += _more(line, reply)
    head, _, body = reply.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {k.strip().lower(): v.strip() for k, _, v in (text.partition(":") for text in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += _more(line, body)
    return _Answer(int(status.split()[1]), headers, body.decode("latin-1"))


def _more(line: socket.socket, so_far: bytes) -> bytes:
    """Read on.

    Raises:
        ValueError: the answer ended too early, or is too long to be one.
    """
    chunk = line.recv(4096)
    if not chunk or len(so_far) > _MAX_BYTES:
        raise ValueError("no answer in RTSP")
    return chunk


def _authorisation(challenge: str, name: str, password: str, url: str) -> str:
    kind, _, rest = challenge.partition(" ")
    if kind.lower() != "digest":
        return "Basic " + b64encode(f"{name}:{password}".encode()).decode()
    asked = parse_keqv_list(parse_http_list(rest))
    realm, nonce = asked.get("realm", ""), asked.get("nonce", "")
    secret, act = _md5(f"{name}:{realm}:{password}"), _md5(f"DESCRIBE:{url}")
    fields = {"username": name, "realm": realm, "nonce": nonce, "uri": url}
    if "auth" in asked.get("qop", "").split(","):
        client = secrets.token_hex(8)
        fields["response"] = _md5(f"{secret}:{nonce}:00000001:{client}:auth:{act}")
        tail = f', qop=auth, nc=00000001, cnonce="{client}"'
    else:
        fields["response"], tail = _md5(f"{secret}:{nonce}:{act}"), ""
    return "Digest " + ", ".join(f'{key}="{value}"' for key, value in fields.items()) + tail


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _credentials(parts: SplitResult) -> tuple[str, str]:
    return unquote(parts.username or ""), unquote(parts.password or "")
