"""`clienteling enrol`, `customer …`, `consent …`, on real photographs."""

import sqlite3
from pathlib import Path

import cv2
import numpy as np
import pytest
from sqlalchemy import func, select

from clienteling.customers.models import TemplateRow
from clienteling.home import open_home
from clienteling.recognition.frames import Image
from consent import storage
from consent.models import ConsentRow, LogEntryRow, SubjectRow
from tests.support.faces import PHOTOS, photo, side_by_side
from tests.support.shops import Command, Enrolled, make_home

FORM = ("enrol", "--name", "Robin Test", "--attest", "paper form 17", "--json")
ALL = ("--purposes", "recognise,preferences,allergies")
A1, A2 = str(PHOTOS / "a1.jpg"), str(PHOTOS / "a2.jpg")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    make_home(tmp_path / "shop").databases.close()
    return tmp_path / "shop"


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Photographs that cannot be used, each for a reason of its own."""
    folder = tmp_path / "album"
    folder.mkdir()

    def keep(name: str, image: Image) -> None:
        assert cv2.imwrite(str(folder / name), image)

    a1 = photo("a1")
    keep("nobody.jpg", np.full((300, 300, 3), 128, np.uint8))
    keep("two.jpg", side_by_side("a1", "b1"))
    keep("small.jpg", np.asarray(cv2.resize(a1, None, fx=0.2, fy=0.2), np.uint8))
    keep("blurred.jpg", np.asarray(cv2.GaussianBlur(a1, (0, 0), 12), np.uint8))
    keep("dark.jpg", np.asarray(a1 * 0.12, np.uint8))
    keep("stranger.jpg", photo("c1"))
    (folder / "damaged.jpg").write_bytes(b"\xff\xd8\xff\xe0 this was a photograph")
    (folder / "empty.jpg").write_bytes(b"")
    return folder


def rows(home: Path, table: type) -> int:
    opened = open_home(home)
    source = opened.databases.templates if table is TemplateRow else opened.databases.identity
    with source.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_customer_is_enrolled_from_paper(command: Command, made: Path) -> None:
    done = command(*FORM, *ALL, "--photo", A1, A2, "--allergy", "Milk", "sago", "--likes", "fudge")

    assert done.code == 0
    assert (done.json["templates"], done.json["images"], done.json["refused"]) == (1, 2, [])
    assert done.json["receipt"]["receipt_id"]
    shown = command("customer", "show", done.json["customer"], "--json").json
    assert shown["account"]["name"] == "Robin Test"
    assert shown["preferences"] == {"likes": ["fudge"]}
    assert shown["allergies_state"] == "known"
    assert shown["allergies"]["codes"] == ["milk"]
    assert shown["allergies"]["own_words"] == ["sago"]
    assert shown["templates"] == 1
    assert "model" not in str(done.json["receipt"])
    assert (done.json["look_alike"], done.json["enrolled_before"]) == (False, False)


def test_new_photographs_renew_a_customers_template(
    command: Command, enrolled: Enrolled, album: Path
) -> None:
    customer = enrolled.robin.customer
    renew = ("customer", "renew", customer, "--json", "--photo")
    done = command(*renew, str(PHOTOS / "a3.jpg"), str(album / "nobody.jpg"))
    assert (done.code, done.json["images"], done.json["look_alike"]) == (0, 1, False)
    assert "nobody.jpg: no face was found" in done.err
    assert command(*renew, str(album / "nobody.jpg")).code == 5
    assert command("customer", "show", customer, "--json").json["templates"] == 1
    assert command("customer", "renew", "nobody", "--photo", A1).code == 3


def test_the_operator_hears_of_a_face_that_is_there_already(
    command: Command, enrolled: Enrolled
) -> None:
    """Robin has joined with other photographs; the warning does not say that it is Robin."""
    done = command(*FORM, *ALL, "--photo", str(PHOTOS / "a3.jpg"))
    assert done.code == 0
    assert (done.json["look_alike"], done.json["enrolled_before"]) == (True, True)
    assert "may have joined before" in done.err
    assert enrolled.robin.customer not in done.out + done.err
    shown = command("customer", "show", enrolled.robin.customer, "--json").json
    assert (shown["look_alike"], shown["stricter"]) == (True, 0)


def test_bad_photographs_are_refused_each_with_its_reason_and_the_rest_is_used(
    command: Command, made: Path, album: Path
) -> None:
    reasons = {
        "nobody.jpg": "no face was found",
        "two.jpg": "more than one face",
        "small.jpg": "too small",
        "blurred.jpg": "blurred",
        "dark.jpg": "too dark",
        "damaged.jpg": "no picture that can be read here, or it is damaged",
        "empty.jpg": "empty",
        "missing.jpg": "no such file",
        "stranger.jpg": "does not look like the person",
    }
    bad = [str(album / name) for name in reasons]

    done = command(*FORM, *ALL, "--photo", A1, *bad[:4], "--photo", A2, *bad[4:])

    assert done.code == 0
    assert (done.json["templates"], done.json["images"]) == (1, 2)
    refused = {Path(item["photo"]).name: item["reason"] for item in done.json["refused"]}
    assert refused.keys() == reasons.keys()
    for name, words in reasons.items():
        assert words in refused[name], name
        assert name in done.err


def test_with_no_usable_photograph_recognition_is_withdrawn_and_the_rest_stands(
    command: Command, made: Path, album: Path
) -> None:
    done = command(
        *(*FORM, *ALL, "--allergies", "none-known"),
        *("--photo", str(album / "nobody.jpg"), str(album / "damaged.jpg")),
    )

    assert done.code == 5
    assert (done.json["templates"], len(done.json["refused"])) == (0, 2)
    customer = done.json["customer"]
    shown = command("customer", "show", customer, "--json").json
    assert shown["purposes"] == ["account", "preferences", "allergies"]
    assert shown["allergies_state"] == "none_known"
    events = command("consent", "show", customer, "--json").json["events"]
    states = [event["state"] for event in events if event["purpose"] == "recognise"]
    assert states == ["given", "withdrawn"]
    assert rows(made, TemplateRow) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--purposes", "recognise"), "at least one --photo"),
        (("--purposes", "preferences", "--photo", A1), "only used with the purpose"),
        (("--purposes", "preferences", "--allergy", "milk"), "need the purpose `allergies`"),
        (("--purposes", "recognise,telepathy"), "'telepathy' is not a purpose"),
        (("--purposes", "account"), "'account' is not a purpose"),
        (("--purposes", "allergies", "--likes", "fudge"), "need the purpose `preferences`"),
        (
            ("--purposes", "allergies", "--allergy", "milk", "--allergies", "none-known"),
            "contradict",
        ),
        (("--purposes", "allergies", "--allergy", *"abcdef"), "own_words"),
        (("--purposes", "allergies", "--allergy", "x" * 61), "own_words"),
        (("--purposes", "preferences", "--email", "not an address"), "email"),
        (("--purposes", "preferences", "--attest", " "), "Say with --attest"),
        (("--purposes", "preferences", "--name", " "), "name"),
    ],
)
def test_a_form_that_contradicts_itself_records_nothing(
    command: Command, made: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = command(*FORM, *arguments)

    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert (rows(made, SubjectRow), rows(made, LogEntryRow)) == (0, 0)


def test_an_old_notice_records_nothing(command: Command, made: Path) -> None:
    done = command(*FORM, "--purposes", "preferences", "--notice", "1999-01")

    assert done.code == 3
    assert "is not the current one" in done.err
    assert rows(made, ConsentRow) == 0


def test_joining_without_a_face_starts_no_encoder(
    command: Command, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_args: object) -> None:
        raise AssertionError("the encoder was built")

    monkeypatch.setattr("clienteling.recognition.engine.build_engine", never)
    done = command(*FORM, "--purposes", "preferences,allergies", "--likes", "fudge")

    assert (done.code, done.json["templates"], done.json["refused"]) == (0, 0, [])
    shown = command("customer", "show", done.json["customer"], "--json").json
    assert shown["allergies_state"] == "not_recorded"


def test_an_address_finds_one_customer_and_is_free_again_after_erasure(
    command: Command, made: Path
) -> None:
    form = (*FORM, "--purposes", "preferences", "--email", "robin@example.test")
    first = command(*form).json["customer"]

    second = command(*form)
    assert second.code == 2
    assert "exists already" in second.err

    assert command("customer", "erase", first).code == 0
    assert command(*form).code == 0


def test_a_full_disk_enrols_nobody_and_says_so(
    command: Command, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = storage._prepare

    def prepare_full(connection: sqlite3.Connection, record: object) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA max_page_count=1")  # no more pages than there are

    monkeypatch.setattr(storage, "_prepare", prepare_full)
    tried = [command(*FORM, "--purposes", "preferences") for _ in range(3)]
    monkeypatch.setattr(storage, "_prepare", prepare)

    assert tried[-1].code == 1
    assert "The disk is full. Make room on it" in tried[-1].err
    assert command("log", "verify").code == 0
    with open_home(made).databases.identity.read() as identity:
        joined = set(identity.scalars(select(SubjectRow.id)))
        assert set(identity.scalars(select(ConsentRow.subject_id))) == joined


# --- afterwards -------------------------------------------------------------------------------


def test_withdrawing_one_purpose_leaves_the_others(command: Command, enrolled: Enrolled) -> None:
    customer = enrolled.robin.customer

    done = command("consent", "withdraw", customer, "--purpose", "allergies", "--json")

    assert (done.code, done.json["withdrawn"]) == (0, ["allergies"])
    assert done.json["receipt"]["receipt_id"]
    shown = command("customer", "show", customer, "--json").json
    assert shown["purposes"] == ["account", "recognise", "preferences"]
    assert (shown["allergies_state"], shown["allergies"]) == ("not_shared", None)
    assert shown["templates"] == 1


def test_withdrawing_without_a_purpose_keeps_the_account(
    command: Command, enrolled: Enrolled
) -> None:
    customer = enrolled.robin.customer

    done = command("consent", "withdraw", customer, "--json")

    assert set(done.json["withdrawn"]) == {"recognise", "preferences", "allergies"}
    assert command("consent", "show", customer, "--json").json["standing"] == ["account"]
    assert rows(enrolled.path, TemplateRow) == 1  # Sam's
    again = command("consent", "withdraw", customer, "--json")
    assert (again.code, again.json["withdrawn"], again.json["receipt"]) == (0, [], None)


def test_erasing_leaves_the_proof_and_nothing_else(command: Command, enrolled: Enrolled) -> None:
    customer = enrolled.robin.customer

    done = command("customer", "erase", customer, "--json")

    assert done.code == 0
    gone = command("customer", "show", customer)
    assert (gone.code, "never enrolled, or erased" in gone.err) == (1, True)
    proof = command("consent", "show", customer, "--json").json
    assert proof["standing"] == []
    assert {event["state"] for event in proof["events"]} == {"given", "refused", "withdrawn"}
    assert command("customer", "erase", customer).code == 1
    assert command("customer", "show", enrolled.sam.customer).code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("customer", "show", "nobody"), 1, "There is no customer nobody"),
        (("customer", "erase", "nobody"), 1, "There is no such customer"),
        (("consent", "show", "nobody"), 1, "There is no customer nobody"),
        (("consent", "withdraw", "nobody"), 1, "There is no such customer"),
        (("consent", "withdraw", "nobody", "--purpose", "x"), 2, "Purposes are: account"),
        (("consent", "withdraw", "nobody", "--purpose", "account"), 3, "Ask for that instead"),
    ],
)
def test_who_is_not_here_gets_a_sentence(
    command: Command, made: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = command(*arguments)

    assert done.code == code
    assert words in done.err
