"""R5: the EU has no ambient mode, by no paper and no signature; four states need their counsel's.

Fails when `liftable` of eu.toml gains a policy, when `check_changes` does not look, or when a start
does not ask for the profile.
"""

from datetime import date
from pathlib import Path

import pytest

from clienteling.config import PapersConfig, RegionConfig
from clienteling.errors import RefusedError
from clienteling.home import NewHome, init_home, new_store, open_home
from clienteling.region import admission
from consent.errors import PolicyRefusedError
from consent.region.counsel import apply_counsel
from consent.region.policy import CapturePolicy, Papers, admit
from consent.region.profiles import load_profile
from tests.support.counsel import VKEY, signed

TODAY = date(2026, 11, 24)
UNASKED = (CapturePolicy.ZONE, CapturePolicy.AMBIENT)
EVERY_PAPER = Papers("DPIA-7", TODAY, TODAY)


@pytest.mark.parametrize("policy", UNASKED)
def test_nobody_can_lift_it_in_the_eu(policy: CapturePolicy) -> None:
    europe = load_profile("eu")
    lift = {policy.value: {"reason": "we would like to", "source": "none"}}

    assert europe.liftable == {}
    with pytest.raises(PolicyRefusedError, match="Nobody can lift"):
        apply_counsel(europe, signed("eu", lift=lift), VKEY, TODAY)
    with pytest.raises(PolicyRefusedError, match="refuses the policy"):
        admit(europe, policy, EVERY_PAPER, live=False, today=TODAY)


@pytest.mark.parametrize("policy", UNASKED)
@pytest.mark.parametrize("state", ["IL", "TX", "WA", "CO"])
def test_in_four_states_only_counsel_lifts_it(state: str, policy: CapturePolicy) -> None:
    base = load_profile("us", state)
    with pytest.raises(PolicyRefusedError, match="counsel may lift"):
        admit(base, policy, EVERY_PAPER, live=True, today=TODAY)

    lifted = apply_counsel(base, signed(base.region), VKEY, TODAY)
    assert admit(lifted, policy, EVERY_PAPER, live=True, today=TODAY).policy is policy


def test_a_ban_of_a_town_comes_before_any_signature(tmp_path: Path) -> None:
    (tmp_path / "counsel.note").write_text(signed("us"))
    region = RegionConfig(
        region="us",
        state="OR",
        place="Portland",
        policy="trigger",
        profile=Path("counsel.note"),
        counsel_key=VKEY,
    )
    new = NewHome(new_store("Shop"), region, PapersConfig())

    with pytest.raises(RefusedError, match="bans face recognition"):
        init_home(tmp_path / "shop", new)


def test_a_shop_goes_live_while_the_signature_holds_and_not_when_it_was_touched(
    tmp_path: Path,
) -> None:
    today = date.today()  # noqa: DTZ011  (the shop's own clock is the real one)
    given = tmp_path / "counsel.note"
    given.write_text(signed(signed=today, expires=today))
    region = RegionConfig(
        region="us", state="IL", policy="ambient", profile=Path(given.name), counsel_key=VKEY
    )
    papers = PapersConfig(sign_attested=today)
    new = NewHome(new_store("Shop"), region, papers, counsel_file=given)
    home = init_home(tmp_path / "shop", new)
    assert admission(home.config, home.profile, live=True, today=today).live

    kept = home.path / given.name
    kept.write_text(kept.read_text().replace("members only", "anybody"))
    touched = open_home(home.path)  # still opens: customers can leave
    assert touched.profile.papers == load_profile("us", "IL").papers
    with pytest.raises(RefusedError, match="altered since"):
        admission(touched.config, touched.profile, live=True, today=today)
    kept.unlink()
    gone = open_home(home.path)
    with pytest.raises(RefusedError, match="cannot be read"):
        admission(gone.config, gone.profile, live=True, today=today)
