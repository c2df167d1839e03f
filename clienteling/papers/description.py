"""What the shop does with personal data, in facts: the one source of its papers (R40).

Nothing here is of a customer. The papers put it into words; its hash says whether a paper that was
exported still describes the shop.
"""

import hashlib
from dataclasses import dataclass

from clienteling.home import Home
from consent.canonical import JSON, canonical
from consent.purposes import TERMS, Purpose

#: Version of the papers' own contents: raise it when they say more or other things.
_CONTENTS = 1


@dataclass(frozen=True, slots=True)
class Activity:
    """One purpose, as GDPR 30(1)(b)–(f) asks for it."""

    purpose: Purpose
    code: str
    basis: tuple[str, ...]
    data: tuple[str, ...]
    special: bool
    days: int | None


@dataclass(frozen=True, slots=True)
class Description:
    """The shop's processing.

    Attributes:
        policy: When cameras look; None: not at all.
        measures: Names of the security measures that are built in and active.
        transfers: Transfers to third countries: none, by construction.
    """

    controller: str
    address: str
    contact: str
    dpo: str
    demo: bool
    dpia_id: str
    region: str
    jurisdiction: str
    authority: str
    profile: str
    policy: str | None
    activities: tuple[Activity, ...]
    storage: tuple[str, ...]
    places: tuple[str, ...]
    recipients: tuple[str, ...]
    transfers: tuple[str, ...]
    proof_days: int
    access_log_days: int
    key_backup_days: int
    breach_hours: int
    measures: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """The hash of all of it: another one means that an exported paper is out of date."""
        return hashlib.sha256(canonical(_plain(self))).hexdigest()


def describe(home: Home) -> Description:
    """Gather what the papers say."""
    config, profile, office = home.config, home.profile, home.office
    keep = profile.retention
    days: dict[Purpose, int] = {
        Purpose.RECOGNISE: keep.recognise_unused,
        Purpose.ALLERGIES: keep.allergies,
        Purpose.VISITS: keep.visits,
        Purpose.SAMPLES: keep.samples,
    }
    return Description(
        controller=config.store.name,
        address=config.store.address,
        contact=config.store.contact,
        dpo=config.store.dpo,
        demo=config.store.demo,
        dpia_id=config.papers.dpia_id or "",
        region=profile.region,
        jurisdiction=profile.jurisdiction,
        authority=profile.authority,
        profile=profile.sha256,
        policy=config.region.policy,
        activities=tuple(
            Activity(
                purpose,
                terms.code,
                terms.lawful_basis,
                terms.pii_type,
                terms.special_category,
                days.get(purpose, terms.validity_days),
            )
            for purpose, terms in TERMS.items()
            if terms.offered
        ),
        storage=office.processing.storage,
        places=office.processing.places,
        recipients=office.processing.recipients,
        transfers=(),
        proof_days=keep.proof,
        access_log_days=keep.access_log,
        key_backup_days=keep.key_backup,
        breach_hours=profile.breach_hours,
        measures=tuple(_measures(home)),
    )


def _measures(home: Home) -> list[str]:
    """Return what protects the data here; what is not so in this shop is left out."""
    built = ["sealed", "three_databases", "log", "roles", "read_log", "lease", "memory", "erasure"]
    key = "root_development" if home.development_key else "root_sealed"
    checked = home.config.recognition.attack_check != "off"
    return [*built, key, *(["attack_check"] if checked else [])]


def _plain(description: Description) -> dict[str, JSON]:
    from dataclasses import asdict

    return {"contents": _CONTENTS, **asdict(description)}
