"""`clienteling notices`: the second act is to say how many consents must be given again."""

import re
from pathlib import Path

from clienteling.home import Home
from consent.purposes import Purpose
from tests.support.drafts import write_draft
from tests.support.people import join
from tests.support.shops import Command


def test_a_draft_is_checked_then_published_with_the_number(
    shop: Home, command: Command, tmp_path: Path
) -> None:
    join(shop)
    draft = write_draft(shop.office, tmp_path / "draft", changed=(Purpose.RECOGNISE,))
    checked = command("notices", "check", str(draft), "--json", home=shop.path)
    assert (checked.code, checked.json["flaws"], checked.json["renewals"]) == (0, [], 1)

    first = command("notices", "publish", str(draft), home=shop.path)
    assert first.code == 2
    assert re.search(r"Nothing was published.*--renewals 1", first.err)
    assert command("notices", "publish", str(draft), "--renewals", "0", home=shop.path).code == 3

    done = command("notices", "publish", str(draft), "--renewals", "1", "--json", home=shop.path)
    assert (done.code, done.json["version"], done.json["renewals"]) == (0, "shop-2027-01", 1)
    listed = command("notices", "list", "--json", home=shop.path).json
    [now] = [one for one in listed if one["current"]]
    assert (now["version"], now["own"]) == ("shop-2027-01", True)


def test_every_flaw_is_named_and_nothing_is_published(
    shop: Home, command: Command, tmp_path: Path
) -> None:
    draft = write_draft(shop.office, tmp_path / "draft", version="2027-01")
    (draft / "nl" / "recognise.md").unlink()
    for arguments in (("check",), ("publish", "--renewals", "0")):
        done = command("notices", *arguments, str(draft), home=shop.path)
        assert done.code == 2
        assert "notice.toml: version must begin with shop-" in done.err
        assert "nl/recognise.md: is missing" in done.err
    assert command("notices", "check", str(tmp_path / "none"), home=shop.path).code == 2
