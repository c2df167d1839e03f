"""Where a redirect may lead: only to a page of ours."""

from urllib.parse import urlsplit

from flask import request


def local_path(target: str | None, fallback: str = "/") -> str:
    """Return `target` if it is a path on this site, else `fallback`."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return fallback
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(sign) < 32 for sign in target):  # noqa: PLR2004
        return fallback
    return target


def here() -> str:
    """Return the address of this page, to come back to."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path
