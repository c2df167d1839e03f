"""What a region's law allows: profiles, the papers they ask for, and admitting a policy.

Profiles are package data, pinned by SHA-256 below. Everything fails closed: an unknown region, an
altered profile, a missing paper or a policy that is not listed stops the start (R5, R7, R40).
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import InitVar, dataclass
from datetime import date, timedelta
from enum import StrEnum
from importlib import resources
from typing import Any

from consent.errors import PolicyRefusedError

_PROFILES_SHA256: dict[str, str] = {
    "eu": "3f3cfb101d01398d4542f59a709469c5d264c23b8c95a585b39840d492cefe6e",
    "us-co": "a6346fb778e0e0cfd3472c6b0d4743715e17c088e9a2ecc38389001a28826784",
    "us-il": "eb62f260a0f6d34d2d1e06401076d5c62f9fa826a77af216f61d41969aa3e264",
    "us-tx": "61ea8087649025a1a334c16f2e2a55c8c006a3878efd1dab3c0e46f4e5c69180",
    "us-wa": "bc64db16f8784c52b4d66cfcb5a8ea15377fb76078c89eb959b17e99462c917e",
    "us": "172ae00efac05f0c09eb16681b12f03a082d0b57e7e74e4c24c262a82e9421f9",
}

#: States whose biometric law has a profile of its own (BIPA, CUBI, HB 1493, HB24-1130).
_STATES_WITH_PROFILE = frozenset({"IL", "TX", "WA", "CO"})
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


#: What this version can run with live cameras. The rest waits, and says so.
LIVE_POLICIES = frozenset({CapturePolicy.TRIGGER, CapturePolicy.ZONE, CapturePolicy.AMBIENT})

_PAPER_ADVICE = {
    Paper.DPIA: "the id of the data protection impact assessment (--dpia)",
    Paper.DPO: "the date on which the data protection officer signed it (--dpo-signed)",
    Paper.SIGN: "the date on which somebody attested that the signs hang before the camera "
    "(--sign-attested)",
}


@dataclass(frozen=True, slots=True)
class Papers:
    """The documents that the shop says it holds."""

    dpia_id: str | None = None
    dpo_signed: date | None = None
    sign_attested: date | None = None

    @property
    def demo(self) -> bool:
        """Whether these are the demo's papers, which allow nothing outside a demo."""
        return self.dpia_id is not None and self.dpia_id.upper().startswith("DEMO")


@dataclass(frozen=True, slots=True)
class RegionProfile:
    """One region's rules.

    Attributes:
        region: "eu", "us", "us-il", ...
        state: Two letters, in the USA once named.
        jurisdiction: In words, for receipts.
        authority: Where a person complains.
        papers: Allowed policies, each with the papers that it needs. Others are refused.
        default_policy: Taken when none is chosen; None: it must be chosen.
        min_age: Years; below it nobody is enrolled.
        sign_valid_days: How long a sign attestation counts.
        state_needed: Whether a live start needs a state first.
        place_needed: Whether a live start needs the town first.
        source: The laws behind it.
    """

    region: str
    state: str | None
    jurisdiction: str
    authority: str
    papers: Mapping[CapturePolicy, frozenset[Paper]]
    default_policy: CapturePolicy | None
    min_age: int
    sign_valid_days: int
    state_needed: bool
    place_needed: bool
    source: str

    @property
    def policies(self) -> tuple[CapturePolicy, ...]:
        """The policies that the profile lists."""
        return tuple(policy for policy in CapturePolicy if policy in self.papers)


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
            raise PolicyRefusedError("An admission comes from consent.policy.admit only.")

    @property
    def demo(self) -> bool:
        """Whether it rests on the demo's papers; shown wherever the papers are."""
        return self.papers.demo


def load_profile(region: str, state: str | None = None, place: str | None = None) -> RegionProfile:
    """Return the profile for a region and, in the USA, a state (two letters) and a town.

    Raises:
        PolicyRefusedError: unknown region or state, an altered profile file, or a town that bans
            face recognition in shops.
    """
    name = region.strip().lower()
    code = state.strip().upper() if state else None
    if name.startswith("us-"):
        name, code = "us", name.removeprefix("us-").upper()
    if name != "us" and code is not None:
        raise PolicyRefusedError(f"Region {region!r} has no states. Leave --state out.")
    data = _read(name)
    if code is not None and code not in data.get("states", ()):
        raise PolicyRefusedError(f"Unknown state {code!r}. Give two letters, for example CA.")
    _refuse_banned(data, code, place)
    if code in _STATES_WITH_PROFILE:
        data = {**data, **_read(f"us-{code.lower()}")}
    return _profile(data, code, place)


def _refuse_banned(data: Mapping[str, Any], state: str | None, place: str | None) -> None:
    for ban in data.get("bans", ()):
        if (
            place
            and place.strip().casefold() == ban["place"].casefold()
            and state in {None, ban["state"]}
        ):
            raise PolicyRefusedError(
                f"{ban['place']} ({ban['state']}) bans face recognition in shops, "
                f"{ban['source']}. Recognition cannot run here in any form."
            )


def _read(name: str) -> dict[str, Any]:
    if name not in _PROFILES_SHA256:
        known = ", ".join(sorted(n for n in _PROFILES_SHA256 if "-" not in n))
        raise PolicyRefusedError(f"Unknown region {name!r}. Choose one of: {known}.")
    raw = resources.files("consent").joinpath("profiles", f"{name}.toml").read_bytes()
    if hashlib.sha256(raw).hexdigest() != _PROFILES_SHA256[name]:
        raise PolicyRefusedError(
            f"The region profile {name!r} was altered after release. Install the program again."
        )
    return tomllib.loads(raw.decode())


def _profile(data: Mapping[str, Any], state: str | None, place: str | None) -> RegionProfile:
    default = data.get("default_policy")
    return RegionProfile(
        region=data["region"],
        state=state,
        jurisdiction=data["jurisdiction"],
        authority=data["authority"],
        papers={
            CapturePolicy(policy): frozenset(Paper(paper) for paper in papers)
            for policy, papers in data["policies"].items()
        },
        default_policy=CapturePolicy(default) if default else None,
        min_age=data["min_age"],
        sign_valid_days=data["sign_valid_days"],
        state_needed=data.get("state_needed", False) and state is None,
        place_needed=place is None and any(ban["state"] == state for ban in data.get("bans", ())),
        source=data["source"],
    )


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
    # 1 a policy, chosen or by default
    chosen = policy or profile.default_policy
    listed = ", ".join(profile.policies)
    if chosen is None:
        raise PolicyRefusedError(
            f"Region {profile.region!r} has no default policy. Choose one with --policy: {listed}."
        )
    # 2 the profile lists it
    if chosen not in profile.papers:
        raise PolicyRefusedError(
            f"Region {profile.region!r} refuses the policy {chosen.value!r} ({profile.source}). "
            f"Allowed: {listed}."
        )
    if live:
        # 3 the place is known well enough, 4 the papers are there, 5 this version can run it
        _check_place(profile)
        _check_papers(profile, chosen, papers, today)
        if chosen not in LIVE_POLICIES:
            available = ", ".join(policy for policy in profile.policies if policy in LIVE_POLICIES)
            raise PolicyRefusedError(
                f"The policy {chosen.value!r} is not available with live cameras in this version. "
                f"Choose {available}."
            )
    return Admission(profile, chosen, papers, live, _PROOF)


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
    held = {
        Paper.DPIA: bool(papers.dpia_id and papers.dpia_id.strip()),
        Paper.DPO: papers.dpo_signed is not None and papers.dpo_signed <= today,
        Paper.SIGN: papers.sign_attested is not None
        and papers.sign_attested
        <= today
        <= papers.sign_attested + timedelta(profile.sign_valid_days),
    }
    missing = [paper for paper in Paper if paper in profile.papers[policy] and not held[paper]]
    if missing:
        advice = "; ".join(_PAPER_ADVICE[paper] for paper in missing)
        raise PolicyRefusedError(
            f"Region {profile.region!r} allows {policy.value!r} only with papers, and these are "
            f"missing, out of date or dated in the future: {advice}."
        )
