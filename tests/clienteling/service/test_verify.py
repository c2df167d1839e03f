from pathlib import Path

import pytest

from clienteling.errors import UsageError
from clienteling.home import Home
from clienteling.service.verify import check_log, read_outside, verify_log
from consent.log import ledger
from consent.log.events import EventKind
from tests.support.people import join


def test_report_is_logged_and_carries_the_newest_checkpoint(shop: Home) -> None:
    join(shop)
    report = verify_log(shop.office)
    assert report.ok
    assert report.logged
    assert not report.end_proven
    with shop.databases.identity.read() as identity:
        entry = ledger.search(identity, limit=1)[0]
        assert report.checkpoint == ledger.latest_checkpoint(identity).note
    assert entry.kind is EventKind.LOG_VERIFIED
    assert entry.detail == {"ok": True, "size": report.size, "against": None}


def test_file_with_the_newest_checkpoint_proves_the_end(shop: Home, tmp_path: Path) -> None:
    join(shop)
    with shop.databases.identity.read() as identity:
        note = ledger.latest_checkpoint(identity).note
    path = tmp_path / "checkpoint.txt"
    path.write_text(note, encoding="utf-8")
    report = verify_log(shop.office, path)
    assert report.end_proven
    assert report.proven_size == report.size
    assert not verify_log(shop.office, path).end_proven, "the verification itself came after"


def test_progress_is_told(shop: Home) -> None:
    join(shop)
    told: list[int] = []
    check_log(shop.office, None, actor="command", progress=told.append)
    assert told[0] == 0


@pytest.mark.parametrize("text", ["", "nonsense", "{}", "{", '{"checkpoint": 5}'])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_outside(text)


def test_file_that_cannot_be_read_is_refused(shop: Home, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        verify_log(shop.office, tmp_path / "missing.txt")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError):
        verify_log(shop.office, tmp_path / "binary")
