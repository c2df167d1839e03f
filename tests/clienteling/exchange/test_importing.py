"""Customers from a file: accounts only, each with a receipt; stopped and gone on; never twice."""

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clienteling.customers.contact import ContactKind
from clienteling.customers.find import find
from clienteling.customers.overview import overview
from clienteling.customers.profile import find_by_contact, find_by_email
from clienteling.errors import UsageError
from clienteling.exchange import importing
from clienteling.exchange.import_file import CustomerFile, read_file
from clienteling.exchange.importing import Existing, Imported, import_customers
from clienteling.exchange.informing import InformFile
from clienteling.home import Home
from consent.errors import ConsentMissingError
from consent.log.events import EventKind
from consent.office import erase
from consent.proof.receipts import subject_by_code
from consent.purposes import Purpose
from consent.records import history, is_restricted
from consent.rights.restriction import Ground, restrict
from tests.support.mortal import Died
from tests.support.shops import Command, logged, make_home

BASIS = "contract: loyalty programme 2024"
FILE = """name;email;phone;card;language
Robin Jansen;robin@example.test;06 12345678;;en
Sam de Vries;;;KL-0042;
"""


def read(shop: Home, tmp_path: Path, text: str = FILE, **more: tuple[str, ...]) -> CustomerFile:
    path = tmp_path / "customers.csv"
    path.write_text(text, encoding="utf-8-sig")
    return read_file(shop.office, path, **more)


def take(
    shop: Home,
    tmp_path: Path,
    text: str = FILE,
    *,
    existing: Existing = Existing.SKIP,
    to: str = "inform.csv",
) -> Imported:
    with InformFile(tmp_path / to) as inform:
        return import_customers(
            shop.office,
            read(shop, tmp_path, text),
            basis=BASIS,
            existing=existing,
            inform=inform,
        )


def told(tmp_path: Path, name: str = "inform.csv") -> list[dict[str, str]]:
    with (tmp_path / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_row_becomes_a_customer_with_a_receipt_and_a_code(shop: Home, tmp_path: Path) -> None:
    result = take(shop, tmp_path)
    assert (result.rows, result.made, result.complete) == (2, 2, True)
    robin = find_by_email(shop.office, "robin@example.test")
    assert robin == find_by_contact(shop.office, ContactKind.PHONE, "+31612345678")
    assert robin is not None
    shown = overview(shop.office, robin, reader="t")
    assert shown.purposes == (Purpose.ACCOUNT,)
    assert shown.account is not None
    assert (shown.account.name, shown.account.language) == ("Robin Jansen", "en")
    with shop.databases.identity.read() as identity:
        (record,) = history(identity, robin)
        codes = [subject_by_code(identity, shop.office.ring, row["code"]) for row in told(tmp_path)]
    assert codes[0] == robin
    assert len(set(codes)) == 2
    assert (tmp_path / "inform.csv").stat().st_mode & 0o077 == 0
    body = record.body
    assert (body["collection_method"], body["event_type"]) == ("import", "transferred")
    assert body["attestation"].startswith(f"{BASIS}; file with SHA-256 ")
    assert body["attestation"].endswith("row 1")
    assert body["privacy_notice"] is None
    assert [one.name for one in find(shop.office, "KL0042", reader="u")] == ["Sam de Vries"]


@pytest.mark.parametrize("basis", ["", "consent: they ticked a box", "contract:", "contract:  "])
def test_nobody_is_taken_over_on_anything_but_a_contract(
    shop: Home, tmp_path: Path, basis: str
) -> None:
    with pytest.raises(ConsentMissingError, match="contract"):
        import_customers(
            shop.office,
            read(shop, tmp_path),
            basis=basis,
            existing=Existing.SKIP,
            inform=None,
        )


@pytest.mark.parametrize("column", ["allergies", "likes", "photo", "birthday"])
def test_what_needs_a_consent_does_not_come_from_a_file(
    shop: Home, tmp_path: Path, column: str
) -> None:
    text = f"name,email,{column}\nRobin,r@example.test,milk\n"
    with pytest.raises(UsageError, match=f"not taken over: {column}"):
        read(shop, tmp_path, text)
    file = read(shop, tmp_path, text, ignored=(column.upper(),))
    assert len(file.rows) == 1


@pytest.mark.parametrize(
    ("row", "column", "what"),
    [
        (",r@example.test,,,", "name", "no name"),
        ("Robin,,,,nl", "", "no e-mail"),
        ("Robin,robin@,,,", "email", "not complete"),
        ("Robin,,06-1,,", "phone", "not complete"),
        ("Robin,,,card,", "card", "at least one digit"),
        ("Robin,r@example.test,,,de", "language", "nl or en"),
        ("Robin,r@example.test,", "", "3 values"),
        ("x" * 81 + ",r@example.test,,,", "name", "Shorten"),
        ("Kim,FIRST@example.test,,,", "email", "Line 2 has the same e-mail address"),
    ],
)
def test_a_row_that_is_wrong_is_named_and_the_others_are_taken_over(
    shop: Home, tmp_path: Path, row: str, column: str, what: str
) -> None:
    text = (
        "name,email,phone,card,language\nFirst,first@example.test,,,\n\n"
        f'{row}\n"Last, \nwith a break",last@example.test,,,\n'
    )
    result = take(shop, tmp_path, text)
    (problem,) = result.problems
    assert (problem.row, problem.line, problem.column) == (2, 4, column)
    assert what in problem.what
    assert result.made == 2
    assert not result.complete


@pytest.mark.parametrize(
    "text",
    ["", "email\nr@example.test\n", "name,name\nR,R\n", 'name,email\n"Robin,r@example.test\n'],
)
def test_a_file_that_is_no_such_file_is_refused(shop: Home, tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError):
        read(shop, tmp_path, text)


def test_the_same_file_again_changes_nothing(shop: Home, tmp_path: Path) -> None:
    take(shop, tmp_path)
    lines = told(tmp_path)
    again = take(shop, tmp_path)
    assert (again.made, again.before) == (0, 2)
    assert told(tmp_path) == lines


def test_who_was_erased_does_not_come_back_by_the_same_file(shop: Home, tmp_path: Path) -> None:
    take(shop, tmp_path)
    robin = find_by_email(shop.office, "robin@example.test")
    assert robin is not None
    erase(shop.office, robin, actor="c", method="c")
    assert take(shop, tmp_path).made == 0
    assert find_by_email(shop.office, "robin@example.test") is None


@pytest.mark.parametrize("step", ["open_accounts", "seal_each_for", "section_row", "append"])
def test_a_run_that_dies_goes_on_and_ends_the_same(
    shop: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    text = "name,email\n" + "".join(f"Person {n},p{n}@example.test\n" for n in range(5))
    steps = 0
    whole = getattr(importing, step)

    def dies(*arguments: object, **named: object) -> object:
        nonlocal steps
        steps += 1
        if steps == 2:
            raise Died
        return whole(*arguments, **named)

    monkeypatch.setattr(importing, step, dies)
    with pytest.raises(Died):
        take(shop, tmp_path, text)
    take(shop, tmp_path, text)
    assert [int(line["row"]) for line in told(tmp_path)] == [1, 2, 3, 4, 5]
    for number in range(5):
        (one,) = find(shop.office, f"p{number}@example.test", reader="u")
        assert one.name == f"Person {number}"


def test_who_is_here_already_is_left_as_they_are(shop: Home, tmp_path: Path) -> None:
    take(shop, tmp_path)
    changed = "name,email,phone\nRobin Jansen-Bakker,robin@example.test,0687654321\n"
    left = take(shop, tmp_path, changed, to="2.csv")
    assert (left.made, left.updated, left.skipped) == (0, 0, 1)


def test_updating_changes_what_the_file_says_and_leaves_the_rest(
    shop: Home, tmp_path: Path
) -> None:
    take(shop, tmp_path)
    changed = "name,email,phone\nRobin Jansen-Bakker,robin@example.test,0687654321\n"
    assert take(shop, tmp_path, changed, existing=Existing.UPDATE, to="2.csv").updated == 1
    (robin,) = find(shop.office, "0687654321", reader="u")
    assert robin.name == "Robin Jansen-Bakker"
    shown = overview(shop.office, robin.subject_id, reader="t").account
    assert shown is not None
    assert (shown.email, shown.language) == ("robin@example.test", "en")
    assert len(logged(shop.office, EventKind.CORRECTION)) == 1


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("name,email\nKim Bos,robin@example.test\n", "another name"),
        ("name,email,card\nRobin,robin@example.test,KL0042\n", "two customers"),
    ],
)
def test_nobody_is_changed_into_somebody_else(
    shop: Home, tmp_path: Path, text: str, what: str
) -> None:
    take(shop, tmp_path)
    result = take(shop, tmp_path, text, existing=Existing.UPDATE, to="2.csv")
    (problem,) = result.problems
    assert what in problem.what
    assert result.updated == 0


def test_who_is_restricted_is_not_updated(shop: Home, tmp_path: Path) -> None:
    take(shop, tmp_path)
    robin = find_by_email(shop.office, "robin@example.test")
    assert robin is not None
    restrict(shop.office, robin, Ground.WISH, actor="c")
    text = "name,email,phone\nRobin Jansen,robin@example.test,0687654321\n"
    result = take(shop, tmp_path, text, existing=Existing.UPDATE, to="2.csv")
    assert "restricted" in result.problems[0].what
    with shop.databases.identity.read() as identity:
        assert is_restricted(identity, robin)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_whatever_a_file_holds_it_is_read_or_refused(
    shop: Home, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(b"name,email\n" + content)
    try:
        file = read_file(shop.office, path)
    except UsageError:
        return
    assert all(row.account.email for row in file.rows)


def test_the_command_says_what_is_missing_and_reports_each_row(
    tmp_path: Path, command: Command
) -> None:
    make_home(tmp_path / "shop").databases.close()
    file, inform, report = (tmp_path / name for name in ("c.csv", "inform.csv", "report.csv"))
    file.write_text(FILE + "Kim;;;;\n", encoding="utf-8")
    base = ("import", "customers", str(file), "--basis", BASIS)
    assert command("import", "customers", "--template").out == "name,email,phone,card,language\n"
    assert command("import", "customers").code == 2
    assert "GDPR" in command(*base).err
    dry = command(*base, "--dry-run", "--json")
    assert (dry.code, dry.json["made"], dry.json["dry"]) == (5, 2, True)
    assert not inform.exists()
    done = command(*base, "--inform", str(inform), "--report", str(report), "--json")
    assert (done.code, done.json["made"]) == (5, 2)
    assert "3,4,," in report.read_text(encoding="utf-8")
    assert "Kim" not in done.err + report.read_text(encoding="utf-8")
    again = command(*base, "--inform", str(inform), "--json")
    assert (again.json["made"], again.json["before"]) == (0, 2)
    assert command(*base, "--inform", str(report)).code == 2
