"""R28: no calibration of the shop's own goes live over a gap between groups that nobody accepted,
nor unmeasured; and a measurement is asked for again after a year.
"""

from importlib import resources
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from clienteling.access.approvals import ApprovalNeededError, decide, proposals
from clienteling.access.users import RoleName
from clienteling.cli import main
from clienteling.evaluation.fairness import beyond, differences
from clienteling.evaluation.results import Report
from clienteling.home import Home
from clienteling.service.accuracy import Age, accuracy_of, group_matter
from clienteling.service.thresholds import approved_calibrations, check_calibration
from tests.support.reports import OWN, put_report, report_of
from tests.support.web import ShopClock, sign_in

_REPORT = TypeAdapter(Report)
#: What must be accepted, by what is in place.
CASES: dict[str, tuple[dict[str, Any] | None, str | None]] = {
    "alike": ({}, None),
    "twice as often, but perhaps by chance": ({"fnmr": (0.05, 0.02), "spread": 0.5}, None),
    "three times as often, for certain": ({"fnmr": (0.09, 0.02)}, f"groups-differ {OWN}"),
    "too few people": ({"people": 29}, f"groups-unmeasured {OWN}"),
    "another measurement": ({"calibration": "cd" * 32}, f"groups-unmeasured {OWN}"),
    "no report": (None, f"groups-unmeasured {OWN}"),
}


@pytest.mark.parametrize("case", CASES)
def test_r28_what_two_persons_must_accept(shop: Home, case: str) -> None:
    changes, wanted = CASES[case]
    if changes is not None:
        put_report(shop.path, **changes)
    assert group_matter(shop, OWN) == wanted
    assert group_matter(shop, None) is None, "the public benchmark is not the shop's own"


def test_r28_over_the_limit_no_start_and_no_camera_until_both_are_accepted(shop: Home) -> None:
    put_report(shop.path, fnmr=(0.09, 0.02))
    for approved in range(2):
        with pytest.raises(ApprovalNeededError):
            check_calibration(shop.office, OWN, group_matter(shop, OWN))
        with shop.databases.identity.read() as identity:
            assert approved_calibrations(identity) == (), approved
            waiting = [one for one in proposals(identity, shop.office) if one.approved is None]
        assert len(waiting) == 2 - approved
        # The calibration first: alone it must not be enough.
        first = min(waiting, key=lambda one: one.what)
        decide(shop.office, first.id, approve=True, actor="user:9", roles=[RoleName.OFFICER])
    check_calibration(shop.office, OWN, group_matter(shop, OWN))
    with shop.databases.identity.read() as identity:
        assert approved_calibrations(identity) == (OWN,)


def test_r28_the_hub_does_not_start_with_it(
    shop: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    packaged = resources.files("clienteling.recognition.calibration")
    own = shop.path / "own.json"
    own.write_bytes(packaged.joinpath("sface-2021dec-mirrored.json").read_bytes())
    text = (shop.path / "config.toml").read_text(encoding="utf-8")
    if "[recognition]" in text:
        text = text.replace("[recognition]", f'[recognition]\ncalibration = "{own}"')
    else:
        text += f'\n[recognition]\ncalibration = "{own}"\n'
    (shop.path / "config.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("CLIENTELING_HOME", str(shop.path))
    assert main(["serve"]) == ApprovalNeededError.exit_code
    assert "second person" in capsys.readouterr().err
    with shop.databases.identity.read() as identity:
        codes = {one.what.partition(" ")[0] for one in proposals(identity, shop.office)}
    assert codes == {"calibration", "groups-unmeasured"}


@given(
    rates=st.tuples(st.floats(0.001, 0.4), st.floats(0.001, 0.4)),
    spread=st.floats(0.0, 0.9),
    limit=st.floats(1.01, 10),
)
def test_r28_the_gate_never_says_more_than_the_intervals(
    rates: tuple[float, float], spread: float, limit: float
) -> None:
    report = _REPORT.validate_python(report_of(fnmr=rates, spread=spread))
    for one in differences(report):
        assert one.ratio is None or one.least <= one.ratio + 1e-9
        assert (one in beyond(report, limit)) == (one.least > limit)


def test_r28_after_a_year_it_is_asked_for_again(
    client: FlaskClient, shop: Home, shop_clock: ShopClock
) -> None:
    today = shop.office.now().date()
    put_report(shop.path, made_on=today.isoformat())
    sign_in(client, "officer")
    client.set_cookie("language", "en")
    ages = []
    for days in (0, 367, 32):
        shop_clock.forward(days * 86_400.0)
        ages.append(accuracy_of(shop, None).age)
        sign = "measured more than a year ago"
        assert (sign in _overview(client)) == (ages[-1] is Age.DUE)
        assert ("more than 13 months" in client.get("/health").text) == (ages[-1] is Age.OVERDUE)
    assert ages == [Age.CURRENT, Age.DUE, Age.OVERDUE]


def _overview(client: FlaskClient) -> str:
    answer = client.get("/privacy")
    if answer.status_code == 302:  # a year later nobody is signed in any more
        sign_in(client, "officer", "manager")
        answer = client.get("/privacy")
    return answer.text


def test_r28_the_officer_reads_every_figure(client: FlaskClient, shop: Home) -> None:
    put_report(shop.path, fnmr=(0.09, 0.02))
    sign_in(client, "officer")
    client.set_cookie("language", "en")
    page = client.get("/privacy/recognition").text
    for words in ("2026-11-01", "99.5%", "4.5%", "3% – 6%", "Groups are not treated alike", "skin"):
        assert words in page
    assert "cannot be read" not in page
    (shop.path / "report.json").write_text("{", encoding="utf-8")
    assert "The report cannot be read." in client.get("/privacy/recognition").text
