"""What the shop does with personal data, in facts: the one source of its papers (R40).

Nothing here is of a customer. The papers put it into words; its hash says whether a paper that was
exported still describes the shop.
"""

import hashlib
from dataclasses import asdict, dataclass

from clienteling.customers.records import PURPOSE_OF, RecordKind
from clienteling.home import Home
from clienteling.service.helpbar.forgetting import KEPT as HELP_KEPT
from clienteling.service.helpbar.forgetting import STRANGERS_KEPT
from clienteling.team.terms import MOMENTS as TEAM_KEPT
from consent.canonical import canonical
from consent.keeping import valid_days
from consent.log.witnesses import witnesses
from consent.purposes import TERMS, Purpose
from consent.records import still_given
from consent.rights.request_forgetting import TEXT_KEPT

#: Version of what the papers say: raise it when they say more or other things.
_CONTENTS = 2
#: Kinds of records that a purpose's own categories name already.
_NAMED = {RecordKind.DATE: "important dates", RecordKind.SALE: "purchases"}


@dataclass(frozen=True, slots=True)
class Activity:
    """One processing activity, as GDPR 30(1)(b), (c) and (f) ask for it.

    Attributes:
        name: A purpose's, or that of one of `Description.others`.
        code: P0 to P8; "" for what no customer chooses.
        basis: GDPR articles.
        data: Categories of personal data.
        special: Special categories (GDPR 9).
        days: Kept for so long, counted as the papers say; None: there is no fixed term.
        strangers_days: The same of somebody without an account, where that is another term.
    """

    name: str
    code: str
    basis: tuple[str, ...]
    data: tuple[str, ...]
    special: bool
    days: int | None
    strangers_days: int | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """The shop's processing.

    Attributes:
        profile: Hash of the region's rules.
        policy: When cameras look; None: not at all.
        purposes: What customers choose or chose, and the account.
        others: What the shop does besides: its staff and team, what customers ask for, proof.
        recipients: Processors; nobody, if empty.
        transfers: To third countries: none, by construction.
        measures: Names of the security measures, as they are configured.
    """

    controller: str
    address: str
    contact: str
    dpo: str
    demo: bool
    dpia_id: str
    region: str
    authority: str
    profile: str
    policy: str | None
    purposes: tuple[Activity, ...]
    others: tuple[Activity, ...]
    storage: tuple[str, ...]
    places: tuple[str, ...]
    recipients: tuple[str, ...]
    transfers: tuple[str, ...]
    consent_days: int
    access_log_days: int
    key_backup_days: int
    breach_hours: int
    measures: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """The hash of all of it: another one means that an exported paper is out of date."""
        return hashlib.sha256(canonical({"contents": _CONTENTS, **asdict(self)})).hexdigest()


def describe(home: Home) -> Description:
    """Gather what the papers say."""
    config, profile, office = home.config, home.profile, home.office
    policy = config.region.policy or profile.default_policy
    return Description(
        controller=config.store.name,
        address=config.store.address,
        contact=config.store.contact,
        dpo=config.store.dpo,
        demo=config.store.demo,
        dpia_id=config.papers.dpia_id or "",
        region=profile.region,
        authority=profile.authority,
        profile=profile.sha256,
        policy=None if policy is None else str(policy),
        purposes=tuple(_purposes(home)),
        others=(
            Activity("staff", "", ("GDPR 6(1)(f)",), ("name", "sign-in", "acts"), False, None),
            Activity(
                "team",
                "",
                ("GDPR 6(1)(f)",),
                ("name", "stories", "compliments", "spent", "learning"),
                False,
                TEAM_KEPT.days,
            ),
            Activity(
                "service",
                "",
                ("GDPR 6(1)(b)",),
                ("name", "contact", "asked"),
                False,
                HELP_KEPT.days,
                STRANGERS_KEPT.days,
            ),
            Activity(
                "requests",
                "",
                ("GDPR 6(1)(c)", "GDPR 12–22"),
                ("name", "contact", "request"),
                False,
                TEXT_KEPT.days,
            ),
            Activity(
                "proof",
                "",
                ("GDPR 5(2)", "GDPR 6(1)(c)", "GDPR 7(1)"),
                ("pseudonym", "consents", "acts"),
                False,
                profile.retention.proof,
            ),
        ),
        storage=office.processing.storage,
        places=office.processing.places,
        recipients=office.processing.recipients,
        transfers=(),
        consent_days=profile.consent_days,
        access_log_days=profile.retention.access_log,
        key_backup_days=profile.retention.key_backup,
        breach_hours=profile.breach_hours,
        measures=_measures(home),
    )


def _purposes(home: Home) -> list[Activity]:
    keep = home.profile.retention
    choices = home.office.choices
    with home.databases.identity.read() as identity:
        held = still_given(identity, set(TERMS) - {Purpose.ACCOUNT, *choices})
    days = {
        Purpose.RECOGNISE: keep.recognise_unused,
        Purpose.ALLERGIES: keep.allergies,
        Purpose.VISITS: keep.visits,
        Purpose.PURCHASES: keep.purchases,
        Purpose.SAMPLES: keep.samples,
    }
    return [
        Activity(
            purpose.value,
            terms.code,
            tuple(home.profile.bases[basis] for basis in terms.bases),
            _data(purpose),
            terms.special_category,
            days.get(purpose, valid_days(home.profile, purpose)),
        )
        for purpose, terms in TERMS.items()
        # What the shop asks for, and what it asked for as long as a consent to it is there.
        if purpose in {Purpose.ACCOUNT, *choices, *held}
    ]


def _data(purpose: Purpose) -> tuple[str, ...]:
    """Return the categories of a purpose's data: what its text names, and what is kept besides."""
    kinds = (_NAMED.get(kind, kind.value) for kind, one in PURPOSE_OF.items() if one is purpose)
    return tuple(dict.fromkeys((*TERMS[purpose].pii_type, *kinds)))


def _measures(home: Home) -> tuple[str, ...]:
    """Return what protects the data here; what is weak in this shop is named as well."""
    key = "development" if home.development_key else home.config.keys.provider
    with home.databases.identity.read() as identity:
        watched = bool(witnesses(identity))
    return (
        "sealed",
        f"key_{key}",
        f"databases_{home.databases.identity.engine.dialect.name}",
        "log",
        "witness" if watched else "no_witness",
        "roles",
        "second_person",
        "read_log",
        "lease",
        "memory",
        "erasure",
    )
