"""R22, R45: what a customer told, and the face, lie sealed: in no file, log row, name or output."""

from pathlib import Path

import pytest
from sqlalchemy import select

from clienteling.customers.templates import open_templates
from clienteling.db import METADATA
from clienteling.home import Home, open_home
from clienteling.recognition.engine import Engine
from consent.models import DataKeyRow
from tests.support.faces import PHOTOS
from tests.support.shops import ROBIN, ROBIN_EMAIL, ROBIN_TASTE, Command, Enrolled, make_home

MARKERS = (*ROBIN.split()[1:], *ROBIN_EMAIL.split("@"), ROBIN_TASTE, "sagomarker")
ENROL = (
    *("enrol", "--name", ROBIN, "--email", ROBIN_EMAIL, "--likes", ROBIN_TASTE),
    *("--allergy", "sagomarker", "--purposes", "recognise,preferences,allergies"),
    *("--attest", "paper form 17", "--photo", str(PHOTOS / "a1.jpg")),
)


@pytest.fixture
def home(command: Command, tmp_path: Path) -> Home:
    """A shop in which Robin was enrolled and every command has run that may not tell."""
    make_home(tmp_path / "shop").databases.close()
    done = command(*ENROL, "--json")
    assert done.code == 0
    customer = done.json["customer"]
    quiet = [
        command(*ENROL, "--json"),  # refused: the address is taken
        command("consent", "show", customer, "--json"),
        command("consent", "withdraw", customer, "--purpose", "visits", "--json"),
        command("log", "verify", "--json"),
    ]
    for ended in (done, *quiet):
        for marker in MARKERS:
            assert marker not in ended.out + ended.err
    return open_home(tmp_path / "shop")


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "models" not in path.parts]


def test_no_file_holds_or_is_named_after_what_was_told(home: Home) -> None:
    there = files(home.path)

    assert any(path.name == "identity.db" for path in there)
    for path in there:
        content = path.read_bytes()
        for marker in MARKERS:
            assert marker.casefold() not in str(path.relative_to(home.path)).casefold()
            for spelling in (marker, marker.casefold()):
                for encoding in ("utf-8", "utf-16-le"):
                    assert spelling.encode(encoding) not in content, (path.name, spelling)


def test_no_row_holds_what_was_told(home: Home) -> None:
    for name, metadata in METADATA.items():
        with getattr(home.databases, name).read() as session:
            for table in metadata.sorted_tables:
                text = str(session.execute(select(table)).all())
                assert not [marker for marker in MARKERS if marker in text], table.name


def test_no_file_holds_the_template_or_a_key(home: Home, real_engine: Engine) -> None:
    [template] = open_templates(home.office, real_engine.encoder.model_id).templates
    vector = template.vector.astype("<f4").tobytes()
    with home.databases.keys.read() as keys:
        assert keys.scalars(select(DataKeyRow)).all()
        store_key = home.office.ring.stores.current(keys)
    secrets = {
        "template": vector[:16],
        "end of the template": vector[-16:],
        "store key": store_key.secret,
        "look-up key": home.office.ring.lookup,
        "log key": home.office.ring.log_signing.private_bytes_raw(),
    }

    for path in files(home.path):
        content = path.read_bytes()
        for what, secret in secrets.items():
            assert secret not in content, (path.name, what)


def test_nothing_that_may_be_printed_shows_a_secret(home: Home) -> None:
    """`repr` ends in tracebacks and logs."""
    ring = home.office.ring

    with home.databases.keys.read() as keys:
        store_key = ring.stores.current(keys)

    shown = repr(ring) + repr(home) + repr(store_key) + repr(ring.roots())

    for secret in (store_key.secret, ring.lookup, ring.receipt_code, ring.web_session):
        assert repr(secret) not in shown
        assert secret.hex() not in shown
    assert "secret=" not in shown


def test_the_photographs_are_not_kept(enrolled: Enrolled) -> None:
    """R24."""
    pictures = [path.read_bytes()[200:232] for path in PHOTOS.glob("*.jpg")]

    for path in files(enrolled.path):
        assert path.suffix not in {".jpg", ".jpeg", ".png"}
        content = path.read_bytes()
        assert not any(piece in content for piece in pictures)
