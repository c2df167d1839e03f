"""A customer at the kiosk, without a browser: walks the screens and reads what they say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from clienteling.home import Home
from clienteling.recognition.detect import YuNetDetector
from clienteling.recognition.engine import Engine
from consent import records
from consent.models import SubjectRow
from consent.purposes import CHOICES, Purpose
from tests.support import webcam
from tests.support.faces import CountingEncoder, calibration
from tests.support.web import csrf

#: What a shop asks for unless its configuration says more.
ASKED: tuple[Purpose, ...] = tuple(purpose for purpose in CHOICES if purpose is not Purpose.TILL)
NOTHING: Mapping[Purpose, bool] = dict.fromkeys(ASKED, False)
EVERYTHING: Mapping[Purpose, bool] = dict.fromkeys(ASKED, True)


@dataclass
class Walk:
    """One customer. `at` is the address of the session; `signs` a release where one is asked."""

    client: FlaskClient
    token: str
    at: str = ""
    answers: dict[str, Mapping[str, object]] = field(default_factory=dict)
    signs: str = ""

    def post(self, path: str, fields: Mapping[str, object] | None = None) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token, **(fields or {})})

    def start(self) -> None:
        """Touch "Join"."""
        answer = self.post("/kiosk/session")
        assert answer.status_code == 303
        self.at = answer.location.rpartition("/")[0]

    def see(self, step: str) -> TestResponse:
        return self.client.get(f"{self.at}/{step}")

    def answer(self, step: str, **fields: object) -> TestResponse:
        """Look at a screen and answer it."""
        shown = self.see(step)
        assert shown.status_code == 200, (step, shown.status, shown.location)
        return self.post(f"{self.at}/{step}", fields)

    def walk(self, choices: Mapping[Purpose, bool], *, until: str = "done") -> TestResponse:
        """Answer every question in order, up to and without the screen `until`."""
        asked: dict[str, dict[str, object]] = {
            "language": {"language": "en"},
            "age": {"answer": "yes"},
            "about": {},
            **{p.value: {"answer": "yes" if choices[p] else "no"} for p in CHOICES if p in choices},
            "name": {"name": "Robin Test", "email": "robin@example.test"},
            "tastes": {"like": ["dark chocolate", "", "liquorice"]},
            "allergens": {"answer": "known", "allergen": ["milk", "nuts"], "own": ["kiwi"]},
            "review": {"agree": "yes"},
            "release": {"signature": self.signs},
            "confirm": {"answer": "yes"},
        }
        if not self.signs:
            del asked["release"]
        if not choices[Purpose.PREFERENCES]:
            del asked["tastes"]
        if not choices[Purpose.ALLERGIES]:
            del asked["allergens"]
        self.start()
        answer = None
        for step, fields in asked.items():
            if step == until:
                break
            answer = self.answer(step, **{**fields, **self.answers.get(step, {})})
            assert answer.status_code == 303, (step, answer.text)
        assert answer is not None
        return answer

    def frame(self, jpeg: bytes, kind: str = "image/jpeg") -> TestResponse:
        return self._bytes("frame", jpeg, kind)

    def capture(self, body: bytes, kind: str = "application/octet-stream") -> TestResponse:
        return self._bytes("capture", body, kind)

    def code(self) -> str:
        """Read the code off the receipt."""
        page = self.see("receipt")
        assert page.status_code == 200
        return code_on(page.text)

    def _bytes(self, path: str, body: bytes, kind: str) -> TestResponse:
        headers = {"X-CSRFToken": self.token, "Accept": "application/json"}
        return self.client.post(f"{self.at}/{path}", data=body, content_type=kind, headers=headers)


def enter(customer: Walk, code: str) -> str:
    """Type the receipt's code of a customer who comes back; returns the page that follows."""
    answer = customer.post("/kiosk/renew", {"code": code})
    assert answer.status_code == 303
    customer.at = answer.location.rpartition("/")[0]
    return customer.client.get(answer.location).text


def ask_more(customer: Walk, code: str) -> str:
    """Ask, with the code, to be asked about what was not agreed to; returns the page before."""
    page = enter(customer, code)
    answer = customer.post(f"{customer.at}/further")
    assert answer.location.endswith("/age")
    customer.answer("age", answer="yes")
    return page


def detecting_engine() -> Engine:
    """Return the real detector with an encoder that only counts how often it ran."""
    return Engine(YuNetDetector(), CountingEncoder(), calibration(), None)


def walk(client: FlaskClient) -> Walk:
    """Return an English-speaking customer at a client that is paired as a kiosk."""
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return Walk(client, csrf(client))


def code_on(page: str) -> str:
    """Return the receipt code that a page shows."""
    found = re.search(r'id="code">(.*?)</p>', page, re.DOTALL)
    assert found is not None
    return found[1].replace("<wbr>", "").strip()


def views(*jpegs: bytes) -> bytes:
    """Frame the JPEGs of a capture: each after its length."""
    return b"".join(len(jpeg).to_bytes(4, "big") + jpeg for jpeg in jpegs)


def good_views() -> bytes:
    """Return a capture that can be used."""
    return views(*(webcam.jpeg(webcam.scene(face=size)) for size in (0.48, 0.5, 0.52)))


def only_subject(home: Home) -> str:
    """Return the id of the only customer."""
    (subject,) = subjects(home)
    return subject


def subjects(home: Home) -> list[str]:
    """Return every customer's id."""
    with home.databases.identity.read() as identity:
        return list(identity.scalars(select(SubjectRow.id)))


def standing(home: Home, subject_id: str) -> set[Purpose]:
    """Return which purposes a customer's consent stands for."""
    with home.databases.identity.read() as identity:
        return set(records.standing(identity, subject_id, home.office.now()))
