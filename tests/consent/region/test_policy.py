from dataclasses import replace
from datetime import date, timedelta
from importlib import resources

import pytest

from consent.errors import PolicyRefusedError
from consent.region import profiles
from consent.region.article30 import Article30
from consent.region.policy import Admission, CapturePolicy, Paper, Papers, admit
from consent.region.profiles import load_profile

TODAY = date(2026, 11, 22)
RECORD = Article30(date(2026, 11, 1), current=True)
#: So long ago that the days of grace are over.
LONG_AGO = date(2026, 1, 1)
PAPERS = Papers("DPIA-7", date(2026, 10, 1), date(2026, 11, 1), RECORD)


@pytest.mark.parametrize(
    ("region", "state", "name", "policies"),
    [
        ("eu", None, "eu", {"pass", "trigger"}),
        ("us", None, "us", {"pass", "trigger", "zone", "ambient"}),
        ("us", "CA", "us", {"pass", "trigger", "zone", "ambient"}),
        ("us", "il", "us-il", {"pass", "trigger"}),
        ("us", "TX", "us-tx", {"pass", "trigger"}),
        ("us", "WA", "us-wa", {"pass", "trigger"}),
        ("us-co", None, "us-co", {"pass", "trigger"}),
    ],
)
def test_a_profile_lists_what_the_law_allows(
    region: str, state: str | None, name: str, policies: set[str]
) -> None:
    profile = load_profile(region, state)
    assert profile.region == name
    assert set(profile.policies) == policies
    assert profile.authority


@pytest.mark.parametrize(
    ("region", "state", "place"),
    [
        ("mars", None, None),
        ("", None, None),
        ("../eu", None, None),
        ("us", "XX", None),
        ("eu", "IL", None),
        ("us", "OR", "Portland"),
        ("us", "OR", " portland "),
        ("us", None, "Portland"),
    ],
)
def test_what_is_unknown_or_banned_is_refused(
    region: str, state: str | None, place: str | None
) -> None:
    with pytest.raises(PolicyRefusedError):
        load_profile(region, state, place)


def test_the_other_portland_is_not_banned() -> None:
    assert load_profile("us", "ME", "Portland").state == "ME"


def test_an_altered_profile_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(profiles._SHA256, "eu", "0" * 64)
    with pytest.raises(PolicyRefusedError, match="altered"):
        load_profile("eu")


def test_every_profile_file_is_pinned() -> None:
    files = resources.files("consent.region").joinpath("profiles").iterdir()
    names = {file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")}
    assert names == profiles._SHA256.keys()


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("refused", [CapturePolicy.ZONE, CapturePolicy.AMBIENT])
def test_the_eu_refuses_whatever_looks_at_everybody(refused: CapturePolicy, live: bool) -> None:
    """R5."""
    with pytest.raises(PolicyRefusedError, match="refuses"):
        admit(load_profile("eu"), refused, PAPERS, live=live, today=TODAY)


def test_the_eu_has_no_default() -> None:
    with pytest.raises(PolicyRefusedError, match="Choose one"):
        admit(load_profile("eu"), None, PAPERS, live=False, today=TODAY)


def test_with_its_papers_the_eu_allows_the_trigger() -> None:
    admission = admit(load_profile("eu"), CapturePolicy.TRIGGER, PAPERS, live=True, today=TODAY)
    assert (admission.policy, admission.demo) == (CapturePolicy.TRIGGER, False)


@pytest.mark.parametrize(
    ("papers", "asked"),
    [
        (replace(PAPERS, dpia_id=None), "--dpia"),
        (replace(PAPERS, dpia_id=" "), "--dpia"),
        (replace(PAPERS, dpo_signed=None), "--dpo-signed"),
        (replace(PAPERS, dpo_signed=TODAY + timedelta(1)), "--dpo-signed"),
        (replace(PAPERS, article30=None), "nobody exported"),
        (
            replace(PAPERS, article30=replace(RECORD, current=False, changed_on=LONG_AGO)),
            "no longer describes",
        ),
        (replace(PAPERS, article30=Article30(TODAY + timedelta(1), current=True)), "recent enough"),
        (replace(PAPERS, article30=Article30(TODAY - timedelta(366), current=True)), "recent eno"),
    ],
)
def test_a_missing_outdated_or_future_paper_stops_the_start(papers: Papers, asked: str) -> None:
    """R40."""
    with pytest.raises(PolicyRefusedError, match=asked):
        admit(load_profile("eu"), CapturePolicy.TRIGGER, papers, live=True, today=TODAY)


def test_files_need_no_papers() -> None:
    for region, chosen in (("eu", CapturePolicy.TRIGGER), ("us", CapturePolicy.AMBIENT)):
        admission = admit(load_profile(region), chosen, Papers(), live=False, today=TODAY)
        assert admission.policy is chosen


def test_the_usa_asks_for_the_state_before_going_live() -> None:
    with pytest.raises(PolicyRefusedError, match="--state"):
        admit(load_profile("us"), None, PAPERS, live=True, today=TODAY)
    default = admit(load_profile("us", "CA"), None, PAPERS, live=True, today=TODAY)
    assert default.policy is CapturePolicy.TRIGGER


def test_a_state_with_a_banning_town_asks_for_the_town() -> None:
    with pytest.raises(PolicyRefusedError, match="--place"):
        admit(load_profile("us", "OR"), None, PAPERS, live=True, today=TODAY)
    admission = admit(load_profile("us", "OR", "Salem"), None, PAPERS, live=True, today=TODAY)
    assert admission.policy is CapturePolicy.TRIGGER


@pytest.mark.parametrize(("region", "state"), [("eu", None), ("us", "CA"), ("us", "IL")])
def test_the_pass_goes_live_everywhere_with_its_papers(region: str, state: str | None) -> None:
    profile = load_profile(region, state)
    admission = admit(profile, CapturePolicy.PASS, PAPERS, live=True, today=TODAY)
    assert (admission.policy, admission.live) == (CapturePolicy.PASS, True)


def test_the_pass_needs_in_the_eu_what_any_recognition_needs() -> None:
    with pytest.raises(PolicyRefusedError, match="--dpia"):
        admit(load_profile("eu"), CapturePolicy.PASS, Papers(), live=True, today=TODAY)


@pytest.mark.parametrize("unasked", [CapturePolicy.ZONE, CapturePolicy.AMBIENT])
def test_looking_unasked_goes_live_where_the_law_allows_it(unasked: CapturePolicy) -> None:
    california = load_profile("us", "CA")
    admitted = admit(california, unasked, PAPERS, live=True, today=TODAY)
    assert (admitted.policy, admitted.live) == (unasked, True)
    assert Paper.SIGN in california.papers[unasked]


@pytest.mark.parametrize("unasked", [CapturePolicy.ZONE, CapturePolicy.AMBIENT])
@pytest.mark.parametrize(
    ("region", "state"), [("eu", None), ("us", "IL"), ("us", "TX"), ("us", "WA"), ("us", "CO")]
)
def test_where_nobody_may_be_looked_at_unasked_no_paper_helps(
    region: str, state: str | None, unasked: CapturePolicy
) -> None:
    """R5."""
    with pytest.raises(PolicyRefusedError, match="refuses the policy"):
        admit(load_profile(region, state), unasked, PAPERS, live=True, today=TODAY)


def test_demo_papers_show() -> None:
    papers = replace(PAPERS, dpia_id="DEMO-1")
    admission = admit(load_profile("eu"), CapturePolicy.TRIGGER, papers, live=True, today=TODAY)
    assert admission.demo


def test_an_admission_cannot_be_made_elsewhere() -> None:
    with pytest.raises(PolicyRefusedError):
        Admission(load_profile("eu"), CapturePolicy.AMBIENT, PAPERS, live=True, proof=object())
