"""Handing out: the customer alone, everybody else with a second person, into private files."""

import json
from pathlib import Path

import pytest

from clienteling.access.approvals import ApprovalNeededError, decide, proposals
from clienteling.access.users import RoleName
from clienteling.home import Home, open_home
from clienteling.rights.export import Way, export
from consent.errors import SubjectUnknownError
from consent.log.events import EventKind
from consent.office import Office, erase
from tests.support.people import join
from tests.support.shops import ROBIN, Command, Enrolled, logged


def approve(office: Office) -> None:
    with office.databases.identity.read() as identity:
        (waiting,) = [one for one in proposals(identity, office) if one.approved is None]
    decide(office, waiting.id, approve=True, actor="user:7", roles=[RoleName.OFFICER])


@pytest.mark.parametrize("way", [Way.OFFICER, Way.COMMAND])
def test_staff_need_a_second_person_each_time(shop: Home, way: Way) -> None:
    customer = join(shop)
    for _ in range(2):
        with pytest.raises(ApprovalNeededError):
            export(shop.office, customer.subject_id, way, actor="user:1")
        assert not logged(shop.office, EventKind.EXPORT_MADE)[1:]
        approve(shop.office)
        assert export(shop.office, customer.subject_id, way, actor="user:1")["told"]


def test_who_is_gone_cannot_be_exported(shop: Home) -> None:
    customer = join(shop)
    erase(shop.office, customer.subject_id, actor="c", method="c")
    with pytest.raises(SubjectUnknownError):
        export(shop.office, customer.subject_id, Way.CUSTOMER, actor="device:k")


def test_the_command_writes_a_private_file_once_it_is_approved(
    command: Command, enrolled: Enrolled, tmp_path: Path
) -> None:
    out = tmp_path / "robin.json"
    arguments = ("customer", "export", enrolled.robin.customer, "--out", str(out))
    refused = command(*arguments)
    assert refused.code == 3
    assert "second person" in refused.err
    assert not out.exists()
    home = open_home(enrolled.path)
    approve(home.office)
    assert command(*arguments, "--json").json["file"] == str(out)
    assert out.stat().st_mode & 0o777 == 0o600
    told = {row["purpose"]: row["content"] for row in json.loads(out.read_text())["told"]}
    assert told["account"]["name"] == ROBIN
    assert command(*arguments).code == 2, "a file is never written over"
