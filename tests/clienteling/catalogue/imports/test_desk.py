"""The import of a manager's page: sent in parts, tried, then kept; one at a time."""

import pytest

from clienteling.catalogue.imports import desk as desks
from clienteling.catalogue.imports.desk import ImportDesk, Stage
from clienteling.errors import UsageError
from clienteling.home import Home
from tests.clienteling.catalogue.test_products import kept

FILE = b"sku,name,contains\nA,Bar,milk\nB,,milk\n"


def tried(desk: ImportDesk, content: bytes) -> desks.Job:
    desk.begin("goods.csv", actor="user:1")
    for place in range(0, len(content), 7):
        desk.add(content[place : place + 7], actor="user:1")
    desk.attempt(actor="user:1")
    desk.wait()
    job = desk.job()
    assert job is not None
    return job


def stage_of(desk: ImportDesk) -> Stage | None:
    job = desk.job()
    return None if job is None else job.stage


def test_a_file_is_tried_before_anything_is_kept(shop: Home) -> None:
    desk = ImportDesk(shop.office)

    job = tried(desk, FILE)

    assert job.stage is Stage.TRIED
    assert job.result is not None
    assert (job.result.added, job.result.failed, job.done, job.total) == (1, 1, 2, 2)
    assert kept(shop) == ()
    desk.keep(actor="user:1", replace_all=False)
    desk.wait()
    assert stage_of(desk) is Stage.KEPT
    assert [product.sku for product in kept(shop)] == ["A"]


def test_a_file_that_cannot_be_read_fails_with_its_sentence(shop: Home) -> None:
    job = tried(ImportDesk(shop.office), b"\xff\xfegtin")

    assert job.stage is Stage.FAILED
    assert "UTF-16" in str(job.failure)


def test_what_is_over_or_a_colleagues_is_refused(shop: Home) -> None:
    desk = ImportDesk(shop.office)
    with pytest.raises(UsageError, match="is over"):
        desk.keep(actor="user:1", replace_all=False)
    tried(desk, FILE)
    with pytest.raises(UsageError, match="is over"):
        desk.keep(actor="user:2", replace_all=False)
    desk.keep(actor="user:1", replace_all=False)
    desk.wait()

    with pytest.raises(UsageError, match="is over"):
        desk.keep(actor="user:1", replace_all=False)


def test_a_file_that_is_too_large_is_refused(shop: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "MOST_BYTES", 10)
    desk = ImportDesk(shop.office)
    desk.begin("goods.csv", actor="user:1")

    with pytest.raises(UsageError, match="20 MB"):
        desk.add(bytes(11), actor="user:1")

    assert desk.job() is None
