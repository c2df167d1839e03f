"""R35: every answer tells the browser to keep nothing and to run nothing that is not ours."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import web
from tests.support.web import pair, sign_in

WEB = Path(web.__path__[0])
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
SCRIPTS = sorted((WEB / "static").rglob("*.js"))

PATHS = ("/", "/sign-in", "/pair", "/health", "/nothing", "/greet/door", "/staff", "/privacy")


@pytest.mark.parametrize("path", PATHS)
def test_every_page_is_kept_nowhere(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_staff_pages_are_kept_nowhere(client: FlaskClient) -> None:
    pair(client, "tablet")
    sign_in(client, "trained")
    for path in ("/staff", "/staff/"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [*PATHS, "/static/base/base.css"])
def test_the_policy_allows_our_own_scripts_and_styles_only(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    headers = answer.headers
    answer.close()
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_only_the_kiosk_and_the_board_may_open_a_camera(client: FlaskClient) -> None:
    """The kiosk enrols; the board scans codes. A customer's page, and every other, does neither."""
    pair(client, "tablet")
    sign_in(client, "trained")
    page = "/staff/customers/00000000-0000-4000-8000-000000000000"
    for path in ("/", "/staff/lists", page, "/manage/customers"):
        assert "camera=()" in client.get(path).headers["Permissions-Policy"]
    assert "camera=(self)" in client.get("/staff").headers["Permissions-Policy"]
    assert "camera=(self)" in client.get("/kiosk").headers["Permissions-Policy"]
    assert "microphone=()" in client.get("/kiosk").headers["Permissions-Policy"]


def test_no_template_carries_code_or_style_of_its_own() -> None:
    """The policy would block it; this says so before a browser does."""
    found = []
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        inline = re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", text)
        found += [f"{template.name}: {what}" for what in inline]
    assert found == []


def test_no_script_stores_anything_in_the_browser() -> None:
    words = re.compile(
        r"localStorage|sessionStorage|indexedDB|\bcaches\b|document\.cookie|serviceWorker"
    )
    found = [
        f"{script.name}: {what}" for script in SCRIPTS for what in words.findall(script.read_text())
    ]
    assert found == []


def test_no_page_asks_another_host_for_anything(app: Flask) -> None:
    sources = [*TEMPLATES, *SCRIPTS, *sorted((WEB / "static").rglob("*.css"))]
    allowed = "http://www.w3.org/"
    found = [
        f"{source.name}: {address}"
        for source in sources
        for address in re.findall(r"https?://[^\s\"')]+", source.read_text(encoding="utf-8"))
        if not address.startswith(allowed)
    ]
    assert found == []
