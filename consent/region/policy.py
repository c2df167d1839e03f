"""What a region's law allows: profiles, the papers they ask for, and admitting a policy.

`profiles` reads them, `counsel` lets a shop's lawyer change what may be changed.
Everything fails closed: a missing paper or a policy that is not listed stops the start (R5, R40).
"""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass
from datetime import date
from enum import StrEnum

from consent.errors import PolicyRefusedError
from consent.purposes import Basis
from consent.region.article30 import LACKING, Article30, record_state

_PROOF = object()


class CapturePolicy(StrEnum):
    """When the encoder may run."""

    PASS = "pass"  # noqa: S105  (a customer's pass, no password)
    TRIGGER = "trigger"
    ZONE = "zone"
    AMBIENT = "ambient"


class Paper(StrEnum):
    """A document without which a policy does not start."""

    DPIA = "dpia"
    DPO = "dpo"
    SIGN = "sign"
    ARTICLE30 = "article30"


_DPIA = "the id of the data protection impact assessment (--dpia)"
_DPO = "the date on which the data protection officer signed it (--dpo-signed)"


@dataclass(frozen=True, slots=True)
class Papers:
    """The documents that the shop says it holds."""

    dpia_id: str | None = None
    dpo_signed: date | None = None
    sign_attested: date | None = None
    article30: Article30 | None = None

    @property
    def demo(self) -> bool:
        """Whether these are the demo's papers, which allow nothing outside a demo."""
        return self.dpia_id is not None and self.dpia_id.upper().startswith("DEMO")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a profile, and where it comes from.

    Attributes:
        name: "min_age", "policy trigger", "refused zone", "ban Portland (OR)", ...
        value: In one word or number.
        source: The law and its article, or "design default".
        seen: The day on which the source was read.
        confirm: To be confirmed by counsel: we know it from memory or one weak source.
    """

    name: str
    value: str
    source: str
    seen: date
    confirm: bool


@dataclass(frozen=True, slots=True)
class Retention:
    """How long data may stay, in days: each the shorter of our default and the region's cap (R39).

    Attributes:
        recognise_unused: P1, after it was last used.
        allergies: P3, until it must be reconfirmed.
        visits: P4, each visit.
        purchases: P8, each purchase.
        samples: P6, each sample.
        access_log: Who read what, until its salt and subject link go.
        proof: Pseudonymous proof of a consent, after its end.
        key_backup: Copies of the key database.
        after_purpose: After the purpose ended, at the latest; 0: at once; None: no such cap here.
        last_interaction: After the last interaction with the customer; None: no such cap here.
    """

    recognise_unused: int
    allergies: int
    visits: int
    purchases: int
    samples: int
    access_log: int
    proof: int
    key_backup: int
    after_purpose: int | None
    last_interaction: int | None


@dataclass(frozen=True, slots=True)
class CounselSignature:
    """Who changed the profile, and until when that holds.

    Attributes:
        name: Counsel, as the signed file says.
        key: Name of the key that signed it.
    """

    name: str
    key: str
    signed: date
    expires: date
    reason: str


@dataclass(frozen=True, slots=True)
class RegionProfile:
    """One region's rules: the one source for whatever depends on the place.

    Attributes:
        region: "eu", "us", "us-il", ...
        state: Two letters, in the USA once named.
        jurisdiction: In words, for receipts.
        authority: Where a person complains.
        papers: Allowed policies, each with the papers that it needs. Others are refused.
        liftable: Refused policies that counsel may allow, with the papers that they then need.
        default_policy: Taken when none is chosen; None: it must be chosen.
        min_age: Years; below it nobody is enrolled.
        representative_age: Years; below it a legal representative consents.
        consent_days: After so many days a consent lapses.
        sign_valid_days: How long a sign attestation counts.
        article30_valid_days: How long an exported Article 30 record counts.
        release_needed: Whether a written, signed release comes before any capture (R42).
        health_consents: Consents for health data: 1, or 2 where collecting and sharing are apart.
        sale_forbidden: Whether biometric data may never be sold.
        egress_restricted: Whether data may go to listed addresses only.
        breach_hours: Time to notify a breach.
        request_days: Time to answer a customer's request.
        retention: How long data may stay.
        state_needed: Whether a live start needs a state first.
        place_needed: Whether a live start needs the town first.
        bases: On what consents and accounts rest, in the words of the law here.
        source: The laws behind it.
        rules: Every rule with its source.
        sha256: Of the files that made it, counsel's included.
        counsel: Who changed it, if somebody did.
        blocked: Why nothing may run live: counsel's profile does not hold. "": it may.
    """

    region: str
    state: str | None
    jurisdiction: str
    authority: str
    papers: Mapping[CapturePolicy, frozenset[Paper]]
    liftable: Mapping[CapturePolicy, frozenset[Paper]]
    default_policy: CapturePolicy | None
    min_age: int
    representative_age: int
    consent_days: int
    sign_valid_days: int
    article30_valid_days: int
    release_needed: bool
    health_consents: int
    sale_forbidden: bool
    egress_restricted: bool
    breach_hours: int
    request_days: int
    retention: Retention
    state_needed: bool
    place_needed: bool
    bases: Mapping[Basis, str]
    source: str
    rules: tuple[Rule, ...]
    sha256: str
    counsel: CounselSignature | None = None
    blocked: str = ""

    @property
    def policies(self) -> tuple[CapturePolicy, ...]:
        """The policies that the profile lists."""
        return tuple(policy for policy in CapturePolicy if policy in self.papers)

    def held_on(self, today: date) -> bool:
        """Whether it may be relied on that day: nothing blocks it, and counsel's term runs."""
        return not self.blocked and (self.counsel is None or today <= self.counsel.expires)


@dataclass(frozen=True, slots=True)
class Admission:
    """Proof that the profile allows the policy with these papers. Only `admit` makes one."""

    profile: RegionProfile
    policy: CapturePolicy
    papers: Papers
    live: bool
    proof: InitVar[object]

    def __post_init__(self, proof: object) -> None:
        """Refuse to be made elsewhere."""
        if proof is not _PROOF:
            raise PolicyRefusedError("An admission comes from consent.region.policy.admit only.")

    @property
    def demo(self) -> bool:
        """Whether it rests on the demo's papers; shown wherever the papers are."""
        return self.papers.demo


def admit(
    profile: RegionProfile,
    policy: CapturePolicy | None,
    papers: Papers,
    *,
    live: bool,
    today: date,
) -> Admission:
    """Decide whether `policy` may run. `live` is False for replay, evaluate and bench on files.

    Raises:
        PolicyRefusedError: says what is missing or why it is refused.
    """
    # 0 counsel's profile holds, where the shop names one
    if live and not profile.held_on(today):
        raise PolicyRefusedError(profile.blocked or _term_is_over(profile))
    # 1 a policy, chosen or by default
    chosen = policy or profile.default_policy
    listed = ", ".join(profile.policies)
    if chosen is None:
        raise PolicyRefusedError(
            f"Region {profile.region!r} has no default policy. Choose one with --policy: {listed}."
        )
    # 2 the profile lists it
    if chosen not in profile.papers:
        lift = (
            " The shop's counsel may lift this (docs/operators/regions.md)."
            if chosen in profile.liftable
            else ""
        )
        raise PolicyRefusedError(
            f"Region {profile.region!r} refuses the policy {chosen.value!r} ({profile.source}). "
            f"Allowed: {listed}.{lift}"
        )
    if live:
        # 3 the place is known well enough, 4 the papers are there
        _check_place(profile)
        _check_papers(profile, chosen, papers, today)
    return Admission(profile, chosen, papers, live, _PROOF)


def _term_is_over(profile: RegionProfile) -> str:
    ended = profile.counsel.expires.isoformat() if profile.counsel else "an earlier day"
    return (
        f"Counsel's profile held until {ended}. Ask counsel for a new one, or take it out of "
        "config.toml."
    )


def _check_place(profile: RegionProfile) -> None:
    if profile.state_needed:
        raise PolicyRefusedError(
            "In the USA the state decides. Name it with --state (for example CA) to go live; "
            "replay, evaluate and bench run without it."
        )
    if profile.place_needed:
        raise PolicyRefusedError(
            f"A town in {profile.state} bans face recognition in shops. Name yours with --place."
        )


def _check_papers(
    profile: RegionProfile, policy: CapturePolicy, papers: Papers, today: date
) -> None:
    # The sign is a camera's own: the hub starts, and a camera without one does not look (R7).
    asked = profile.papers[policy]
    missing = []
    if Paper.DPIA in asked and not (papers.dpia_id and papers.dpia_id.strip()):
        missing.append(_DPIA)
    if Paper.DPO in asked and (papers.dpo_signed is None or papers.dpo_signed > today):
        missing.append(_DPO)
    record = record_state(papers.article30, profile.article30_valid_days, today)
    if Paper.ARTICLE30 in asked and record in LACKING:
        missing.append(LACKING[record])
    if missing:
        raise PolicyRefusedError(
            f"Region {profile.region!r} allows {policy.value!r} only with papers, and these are "
            f"missing, out of date or dated in the future: {'; '.join(missing)}."
        )
