"""Counsel's profile: what it may change, and everything that makes it worthless."""

from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from consent.errors import PolicyRefusedError
from consent.log.notes import open_text, sign_text, verifier_key
from consent.region.counsel import apply_counsel
from consent.region.policy import CapturePolicy, Paper, Papers, admit
from consent.region.profiles import load_profile
from tests.support.counsel import COUNSEL, NAME, SIGNED, VKEY, draft, signed

TODAY = date(2026, 11, 24)
ILLINOIS = load_profile("us", "IL")


def test_counsel_lifts_what_the_base_lets_them_lift() -> None:
    profile = apply_counsel(ILLINOIS, signed(), VKEY, TODAY)

    assert profile.papers[CapturePolicy.AMBIENT] == {Paper.SIGN}
    assert profile.counsel is not None
    assert (profile.counsel.name, profile.counsel.key) == ("J. Roe, Roe & Partners LLP", NAME)
    assert profile.sha256 != ILLINOIS.sha256
    rule = next(rule for rule in profile.rules if rule.name == "refused ambient")
    assert (rule.value, rule.seen) == ("allowed by counsel", SIGNED)
    assert "memo 12" in rule.source


def test_counsel_makes_rules_stricter() -> None:
    narrow = {"refuse": ["trigger"], "min_age": 21, "visits_days": 30, "sign_valid_days": 90}
    profile = apply_counsel(ILLINOIS, signed(lift={}, narrow=narrow), VKEY, TODAY)

    assert set(profile.policies) == {"pass"}
    assert (profile.min_age, profile.retention.visits, profile.sign_valid_days) == (21, 30, 90)
    assert profile.retention.samples == ILLINOIS.retention.samples
    values = {rule.name: rule.value for rule in profile.rules}
    assert (values["policy trigger"], values["min_age"], values["visits_days"]) == (
        "refused",
        "21",
        "30",
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"narrow": {"min_age": 16}}, "raise min_age"),
        ({"narrow": {"visits_days": 91}}, "shorten visits_days"),
        ({"narrow": {"sign_valid_days": 400}}, "shorten sign_valid_days"),
        ({"lift": {"trigger": {"reason": "why not", "source": "memo"}}}, "Nobody can lift"),
        ({"expires": SIGNED + timedelta(367)}, "twelve months"),
        ({"expires": SIGNED - timedelta(1)}, "twelve months"),
        ({"expires": TODAY - timedelta(1)}, "held until"),
        ({"signed": TODAY + timedelta(1), "expires": TODAY + timedelta(9)}, "begins on"),
        ({"base_sha256": "0" * 64}, "another version"),
        ({"base": "us-tx"}, "is for 'us-tx'"),
        ({"surprise": 1}, "surprise"),
        ({"reason": ""}, "reason"),
        ({"lift": {"ambient": {"reason": "no source"}}}, "source"),
    ],
)
def test_what_does_not_hold_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(PolicyRefusedError, match=words):
        apply_counsel(ILLINOIS, signed(**changes), VKEY, TODAY)


def test_another_s_signature_is_refused() -> None:
    other = Ed25519PrivateKey.generate()
    vkey = verifier_key(NAME, other.public_key().public_bytes_raw())

    with pytest.raises(PolicyRefusedError, match=r"not signed by the key roe\.example"):
        apply_counsel(ILLINOIS, signed(), vkey, TODAY)
    with pytest.raises(PolicyRefusedError, match="not a verifier key"):
        apply_counsel(ILLINOIS, signed(), "nonsense", TODAY)
    with pytest.raises(PolicyRefusedError, match="not a signed note"):
        apply_counsel(ILLINOIS, draft(), VKEY, TODAY)


@given(place=st.integers(0, len(signed()) - 1), char=st.characters(codec="utf-8"))
def test_no_change_of_one_character_passes(place: int, char: str) -> None:
    """Whatever is changed in the file, it is refused, or it is still what counsel signed."""
    note = signed()
    altered = note[:place] + char + note[place + 1 :]
    try:
        apply_counsel(ILLINOIS, altered, VKEY, TODAY)
    except PolicyRefusedError:
        return
    assert open_text(altered, VKEY) == draft()


def test_its_last_day_counts_and_the_next_does_not() -> None:
    until = apply_counsel(ILLINOIS, signed(expires=TODAY), VKEY, TODAY)

    assert admit(until, CapturePolicy.AMBIENT, Papers(), live=True, today=TODAY).live
    with pytest.raises(PolicyRefusedError, match=f"held until {TODAY}"):
        admit(until, CapturePolicy.AMBIENT, Papers(), live=True, today=TODAY + timedelta(1))


def test_a_note_carries_any_text() -> None:
    text = "a\n\nb\n\u2014 not a signature\n\nc\n"
    assert open_text(sign_text(COUNSEL, NAME, text), VKEY) == text
