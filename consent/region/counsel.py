"""What a shop's counsel changes in a region profile: a signed note that the shop pins the key of.

It may allow a policy only where the base profile says that counsel may, and make any other rule
stricter, for at most twelve months. The EU's `ambient` and a town's ban cannot be lifted (R5).
"""

import hashlib
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from consent.errors import LedgerError, PolicyRefusedError
from consent.log.notes import open_text, parse_verifier_key
from consent.region.policy import (
    CapturePolicy,
    CounselSignature,
    Paper,
    RegionProfile,
    Retention,
    Rule,
)

#: The longest term: a year, with the day of the leap year.
LONGEST = timedelta(days=366)

_Words = Annotated[str, Field(min_length=3, max_length=500)]
_Days = Annotated[int, Field(ge=1, le=3650)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _Lift(_Part):
    """Why a policy that the base refuses is allowed here."""

    reason: _Words
    source: _Words
    papers: tuple[Paper, ...] = ()


class _Narrow(_Part):
    """Rules made stricter; what is left out stays."""

    refuse: tuple[CapturePolicy, ...] = ()
    min_age: Annotated[int, Field(ge=1, le=120)] | None = None
    consent_days: _Days | None = None
    sign_valid_days: _Days | None = None
    recognise_unused_days: _Days | None = None
    allergies_days: _Days | None = None
    visits_days: _Days | None = None
    purchases_days: _Days | None = None
    samples_days: _Days | None = None


class CounselProfile(_Part):
    """The text that counsel signs."""

    base: str
    base_sha256: str
    counsel: _Words
    signed: date
    expires: date
    reason: _Words
    lift: dict[CapturePolicy, _Lift] = {}
    narrow: _Narrow = _Narrow()


def parse_counsel(text: str) -> CounselProfile:
    """Read counsel's text, signed or still a draft.

    Raises:
        PolicyRefusedError: not TOML, an unknown key or a wrong value; it names which.
    """
    try:
        return CounselProfile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise PolicyRefusedError(f"Counsel's profile is not valid TOML: {error}.") from error
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, issue['loc']))}: {issue['msg'].lower()}"
            for issue in error.errors(include_input=False, include_url=False)
        )
        raise PolicyRefusedError(f"Counsel's profile cannot be used: {wrong}.") from error


def apply_counsel(base: RegionProfile, note: str, key: str, today: date) -> RegionProfile:
    """Return the profile as counsel changed it.

    Args:
        base: As shipped.
        note: The signed note.
        key: Counsel's verifier key, as the shop pinned it.
        today: For the term.

    Raises:
        PolicyRefusedError: the signature, the base, the term or a change does not hold.
    """
    # 1 signed by the key that the shop pinned
    try:
        text = open_text(note, key)
        key_name, _ = parse_verifier_key(key)
    except LedgerError as error:
        raise PolicyRefusedError(f"Counsel's profile is refused. {error}") from error
    asked = parse_counsel(text)
    # 2 made for this region, as it stands in this version
    check_base(base, asked)
    # 3 in its term
    check_term(asked, today)
    # 4 nothing looser than the base lets counsel make it
    check_changes(base, asked)
    return _changed(base, asked, key_name, hashlib.sha256(note.encode()).hexdigest())


def check_base(base: RegionProfile, asked: CounselProfile) -> None:
    """Refuse a profile that was written for another region, or for another text of this one.

    Raises:
        PolicyRefusedError: says which.
    """
    if asked.base != base.region:
        raise PolicyRefusedError(
            f"Counsel's profile is for {asked.base!r}, and this shop is in {base.region!r}."
        )
    if asked.base_sha256 != base.sha256:
        raise PolicyRefusedError(
            f"Counsel read another version of the profile {base.region!r}. Show counsel the "
            f"present one (`clienteling profile show {base.region}`) and ask for a new signature."
        )


def check_term(asked: CounselProfile, today: date) -> None:
    """Refuse a term that has not begun, is over, or is longer than twelve months.

    Raises:
        PolicyRefusedError: says which.
    """
    if asked.expires - asked.signed > LONGEST or asked.expires < asked.signed:
        raise PolicyRefusedError(
            "Counsel's profile may hold for twelve months from the day of signing, no longer."
        )
    if today < asked.signed:
        raise PolicyRefusedError(
            f"Counsel's profile begins on {asked.signed}. Check this machine's clock."
        )
    if today > asked.expires:
        raise PolicyRefusedError(
            f"Counsel's profile held until {asked.expires}. Ask counsel for a new one, or take "
            "it out of config.toml."
        )


def check_changes(base: RegionProfile, asked: CounselProfile) -> None:
    """Refuse what counsel may not change.

    Raises:
        PolicyRefusedError: a policy that is not liftable, or a rule that would become looser.
    """
    for policy in asked.lift:
        if policy not in base.liftable:
            raise PolicyRefusedError(
                f"Nobody can lift {policy.value!r} in {base.region!r} ({base.source})."
            )
    narrow = asked.narrow
    if narrow.min_age is not None and narrow.min_age < base.min_age:
        raise PolicyRefusedError(f"Counsel may raise min_age above {base.min_age}, not lower it.")
    for name, standing in _shorter(base).items():
        value = getattr(narrow, name)
        if value is not None and value > standing:
            raise PolicyRefusedError(f"Counsel may shorten {name} below {standing}, no more.")


def _shorter(base: RegionProfile) -> dict[str, int]:
    """Return what may only become shorter, by the name that counsel writes."""
    return {
        "consent_days": base.consent_days,
        "sign_valid_days": base.sign_valid_days,
        "recognise_unused_days": base.retention.recognise_unused,
        "allergies_days": base.retention.allergies,
        "visits_days": base.retention.visits,
        "purchases_days": base.retention.purchases,
        "samples_days": base.retention.samples,
    }


def _changed(
    base: RegionProfile, asked: CounselProfile, key_name: str, note_sha256: str
) -> RegionProfile:
    narrow = asked.narrow
    kept = {name: getattr(narrow, name) or standing for name, standing in _shorter(base).items()}
    lifted = {
        policy: base.liftable[policy] | frozenset(lift.papers)
        for policy, lift in asked.lift.items()
    }
    papers = {**base.papers, **lifted}
    retention = Retention(
        recognise_unused=kept["recognise_unused_days"],
        allergies=kept["allergies_days"],
        visits=kept["visits_days"],
        purchases=kept["purchases_days"],
        samples=kept["samples_days"],
        access_log=base.retention.access_log,
        proof=base.retention.proof,
        key_backup=base.retention.key_backup,
        after_purpose=base.retention.after_purpose,
        last_interaction=base.retention.last_interaction,
    )
    return replace(
        base,
        papers={policy: need for policy, need in papers.items() if policy not in narrow.refuse},
        min_age=narrow.min_age or base.min_age,
        consent_days=kept["consent_days"],
        sign_valid_days=kept["sign_valid_days"],
        retention=retention,
        rules=_rules(base, asked),
        sha256=hashlib.sha256(f"{base.sha256}\n{note_sha256}".encode()).hexdigest(),
        counsel=CounselSignature(
            asked.counsel, key_name, asked.signed, asked.expires, asked.reason
        ),
    )


def _rules(base: RegionProfile, asked: CounselProfile) -> tuple[Rule, ...]:
    """Return the rules as they stand now; each changed one names counsel as its source."""
    changed = {
        name: (str(value), asked.reason)
        for name, value in asked.narrow.model_dump(exclude={"refuse"}).items()
        if value is not None
    }
    changed |= {
        f"policy {policy.value}": ("refused", asked.reason) for policy in asked.narrow.refuse
    }
    changed |= {
        f"refused {policy.value}": ("allowed by counsel", f"{lift.source}: {lift.reason}")
        for policy, lift in asked.lift.items()
    }
    return tuple(
        replace(
            rule,
            value=changed[rule.name][0],
            source=f"{asked.counsel}: {changed[rule.name][1]}",
            seen=asked.signed,
            confirm=False,
        )
        if rule.name in changed
        else rule
        for rule in base.rules
    )
