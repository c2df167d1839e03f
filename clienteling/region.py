"""The rules that hold in this shop: the shipped profile, and what its counsel signed over it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from clienteling.config import Config, RegionConfig
from clienteling.edge_protocol import EdgePolicy
from clienteling.errors import RefusedError, StartError
from consent.errors import PolicyRefusedError
from consent.log import ledger
from consent.log.events import EventKind
from consent.log.ledger import EntryView
from consent.office import Office
from consent.region.article30 import Article30
from consent.region.counsel import apply_counsel
from consent.region.policy import Admission, CapturePolicy, Papers, RegionProfile, admit
from consent.region.profiles import load_profile


def base_profile(region: RegionConfig) -> RegionProfile:
    """Return the shipped profile of the place.

    Raises:
        RefusedError: no such place, a town that bans this, or an altered file.
    """
    try:
        return load_profile(region.region, region.state, region.place)
    except PolicyRefusedError as error:
        raise RefusedError(str(error)) from error


def active_profile(folder: Path, region: RegionConfig, today: date) -> RegionProfile:
    """Return the profile as the shop's counsel changed it.

    One that does not hold blocks whatever is live, and nothing else: a customer can still leave.

    Raises:
        RefusedError: as `base_profile`.
    """
    base = base_profile(region)
    if region.profile is None or region.counsel_key is None:
        return base
    file = folder / region.profile
    try:
        return apply_counsel(base, file.read_text(encoding="utf-8"), region.counsel_key, today)
    except PolicyRefusedError as error:
        return replace(base, blocked=str(error))
    except (OSError, UnicodeDecodeError):
        sentence = f"Counsel's profile {file} cannot be read. Check the file and its owner."
        return replace(base, blocked=sentence)


def admission(
    config: Config,
    profile: RegionProfile,
    *,
    live: bool,
    today: date,
    policy: str | None = None,
    article30: Article30 | None = None,
) -> Admission:
    """Return the proof that this shop's region and papers allow the policy.

    Args:
        config: The shop's.
        profile: The rules that hold here.
        live: With cameras, not with files.
        today: In UTC.
        policy: Instead of the configured one.
        article30: The newest export of the record of processing; a live start asks for it.

    Raises:
        RefusedError: they do not; the message names what is missing.
    """
    chosen = policy or config.region.policy
    papers = Papers(
        dpia_id=config.papers.dpia_id,
        dpo_signed=config.papers.dpo_signed,
        sign_attested=config.papers.sign_attested,
        article30=article30,
    )
    try:
        if live:
            _check_sharing(config, profile)
        capture = None if chosen is None else CapturePolicy(chosen)
        return admit(profile, capture, papers, live=live, today=today)
    except ValueError as error:
        known = ", ".join(CapturePolicy)
        raise RefusedError(f"There is no policy {chosen}. Choose one of: {known}.") from error
    except PolicyRefusedError as error:
        raise RefusedError(str(error)) from error


def _check_sharing(config: Config, profile: RegionProfile) -> None:
    """Refuse recipients where sharing health data needs a consent of its own (RCW 19.373.030).

    That consent is never asked: this program shares nothing (docs/decisions/0183).
    """
    if profile.health_consents > 1 and config.processing.recipients:
        raise RefusedError(
            f"In {profile.jurisdiction} allergies may be shared only with a second consent, which "
            "is not asked here. Take recipients out of [processing] in config.toml: nobody else "
            "may receive any of it."
        )


def edge_policy(
    admitted: Admission,
    model_id: str,
    *,
    live: bool,
    also: tuple[str, ...] = (),
    challenge: bool = False,
) -> EdgePolicy:
    """Return what a camera is told that it may do. `also`: earlier models still in use.

    Raises:
        StartError: a challenge is wanted where nobody asks, so nobody could be told the steps.
    """
    if challenge and admitted.policy not in {CapturePolicy.TRIGGER, CapturePolicy.PASS}:
        raise StartError(
            f"A challenge needs the policy trigger or pass, and this is {admitted.policy.value}: "
            "where nobody asks, nobody is told what to do. Take recognition.challenge out."
        )
    return EdgePolicy(
        region=admitted.profile.region,
        policy=admitted.policy.value,
        model_id=model_id,
        also=also,
        live=live,
        challenge=challenge,
        # Who walks past behind the marked place is in the same part of the picture, but smaller.
        min_face_height=0.0 if admitted.policy is CapturePolicy.AMBIENT else 0.2,
    )


def note_policy(office: Office, policy: str) -> bool:
    """Log which rules hold from this start on; False: they are those of the last start.

    Args:
        office: With the profile that holds.
        policy: The capture policy that was admitted.
    """
    profile = office.profile
    counsel = profile.counsel
    detail = {
        "region": profile.region,
        "policy": policy,
        "profile": profile.sha256,
        "key": counsel.key if counsel else None,
        "signed": counsel.signed.isoformat() if counsel else None,
        "expires": counsel.expires.isoformat() if counsel else None,
        "till": office.processing.till,  # from when on it is not done (`consent.renewing.over`)
    }
    with office.databases.identity.write() as identity:
        last: EntryView | None = next(
            iter(ledger.search(identity, kinds=[EventKind.POLICY_CHANGED], limit=1)), None
        )
        if last is not None and last.detail == detail:
            return False
        ledger.append(
            identity,
            office.ring,
            EventKind.POLICY_CHANGED,
            actor="command",
            about=None,
            detail=detail,
            now=office.now(),
        )
    return True
