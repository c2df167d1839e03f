"""How often attacks pass, and how often people are refused (ISO/IEC 30107-3).

Each clip is one presentation. The check is asked as the camera asks it: after every usable frame,
as if that face had been recognised, until it lets the match stand or refuses it. Error rates follow
ISO/IEC 30107-3: APCER by kind of attack, the share of its presentations that pass; BPCER, the share
of real approaches that are refused; presentations in which no usable face was seen count for
neither and are reported. APCER at a fixed BPCER moves one limit for all measures together.
"""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from pydantic import ValidationError

from clienteling.errors import UsageError
from clienteling.evaluation.attack_set import BONA_FIDE
from clienteling.evaluation.clips import read_frames
from clienteling.recognition.decide import EARLY_FRAMES, Decision, DecisionKind
from clienteling.recognition.detect import PHOTO_SIDE, Detector
from clienteling.recognition.liveness.evidence import Checks, LivenessEvidence, settle
from clienteling.recognition.liveness.settings import AttackSettings, build_checks
from clienteling.recognition.quality import PROBE, assess
from clienteling.recognition.track import Tracker

#: The BPCER at which APCER is reported besides the one that the limits give.
FIXED_BPCER: Final = (0.01, 0.05, 0.1)
_NORMAL: Final = 1.96  # 95 %
_MATCH: Final = Decision(DecisionKind.MATCH, "presented", 1.0, EARLY_FRAMES)


@dataclass(frozen=True, slots=True)
class Presentation:
    """One clip before one set of checks.

    Attributes:
        kind: Its folder.
        clip: Its name.
        refused: Whether it was taken for an attack; None: no usable face was seen.
        suspicion: The highest measure as a share of its limit.
        seconds: From the first usable frame to the answer.
    """

    kind: str
    clip: str
    refused: bool | None
    suspicion: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Rate:
    """An error rate with its 95 % interval (Wilson), and what it was counted on.

    Attributes:
        rate: The share; None when nothing was presented.
        interval: From, to.
        presentations: Those with a usable face.
        no_response: Those without.
    """

    rate: float | None
    interval: tuple[float, float] | None
    presentations: int
    no_response: int


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What one set of checks did.

    Attributes:
        check: Its name.
        apcer: By kind of attack.
        apcer_worst: The highest of these, as the standard asks.
        bpcer: Of real approaches.
        at_bpcer: APCER by kind at each of `FIXED_BPCER`; None where too few approaches are there to
            tell such a share.
        seconds: Median time to an answer for real approaches.
    """

    check: str
    apcer: dict[str, Rate]
    apcer_worst: float | None
    bpcer: Rate
    at_bpcer: dict[str, dict[str, float] | None]
    seconds: float | None


def evaluate_attacks(
    folder: Path, checks: dict[str, Checks], detector: Detector, say: Callable[[str], None]
) -> tuple[CheckReport, ...]:
    """Measure every set of checks on `<kind>/<clip>`, `bona_fide/` being the real approaches.

    Raises:
        UsageError: there is nothing to measure, or a clip cannot be read.
    """
    clips = _clips(folder)
    shown: dict[str, list[Presentation]] = {name: [] for name in checks}
    for number, (kind, clip) in enumerate(clips, 1):
        for name, one in _present(kind, clip, checks, detector).items():
            shown[name].append(one)
        if number % 50 == 0 or number == len(clips):
            say(f"{number} of {len(clips)} clips")
    return tuple(_report(name, presentations) for name, presentations in shown.items())


def checks_to_measure(models: Path | None) -> dict[str, Checks]:
    """Return the passive checks, and with a file of models also these alone and both.

    Args:
        models: TOML with `[[attack_model]]` tables, as in a camera's configuration.

    Raises:
        UsageError: the file cannot be read, or names something else.
        WeightsError: a model is missing, is another file, or is no MiniFASNet.
    """
    passive = {"passive": Checks()}
    if models is None:
        return passive
    try:
        settings = AttackSettings.model_validate(tomllib.loads(models.read_text("utf-8")))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise UsageError(
            f"{models} cannot be used. Write [[attack_model]] tables with path, sha256 and scale."
        ) from error
    both = build_checks(settings)
    if both is None or not both.models:
        raise UsageError(f"{models} names no attack_model.")
    return passive | {"model": replace(both, passive=False), "passive+model": both}


def wilson(errors: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927); holds for few trials and for no error at all."""
    share, square = errors / trials, _NORMAL**2
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    spread = np.sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    half = float(_NORMAL * spread / (1 + square / trials))
    return max(0.0, middle - half), min(1.0, middle + half)


def _clips(folder: Path) -> list[tuple[str, Path]]:
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder of <kind>/<clip>.")
    kinds = sorted(kind for kind in folder.iterdir() if kind.is_dir())
    clips = [(kind.name, clip) for kind in kinds for clip in sorted(kind.iterdir())]
    if not any(kind != BONA_FIDE for kind, _ in clips):
        raise UsageError(f"{folder} holds no attacks: put clips into <kind>/<clip>.")
    return clips


def _present(
    kind: str, clip: Path, checks: dict[str, Checks], detector: Detector
) -> dict[str, Presentation]:
    """Show a clip to all checks at once; the largest face is followed, as before a camera."""
    tracker = Tracker()
    track = None
    open_ = {name: LivenessEvidence(check) for name, check in checks.items()}
    told: dict[str, Presentation] = {}
    at = began = 0.0
    for frame in read_frames(clip):
        faces = detector.detect(frame.image, longest_side=PHOTO_SIDE)
        tracks = tracker.update(faces, frame.at)
        if not faces or not assess(frame.image, faces[:1], PROBE).ok:
            continue
        if tracks[0].number != track:
            track, began = tracks[0].number, frame.at
            for evidence in open_.values():
                evidence.wipe()
        at = frame.at
        for name, evidence in list(open_.items()):
            evidence.add(frame.image, faces[0], at)
            if evidence.frames < EARLY_FRAMES:
                continue
            decision = settle(_MATCH, evidence, final=False)
            if decision is not None:
                told[name] = _told(kind, clip, evidence, decision, at - began)
                del open_[name]
    for name, evidence in open_.items():
        decision = settle(_MATCH, evidence, final=True) if evidence.frames else None
        told[name] = _told(kind, clip, evidence, decision, at - began)
    return told


def _told(
    kind: str, clip: Path, evidence: LivenessEvidence, decision: Decision | None, seconds: float
) -> Presentation:
    refused = None if decision is None else decision.kind is DecisionKind.SPOOF
    return Presentation(kind, clip.name, refused, evidence.verdict().suspicion, seconds)


def _report(name: str, shown: Sequence[Presentation]) -> CheckReport:
    real = [one for one in shown if one.kind == BONA_FIDE]
    kinds = sorted({one.kind for one in shown} - {BONA_FIDE})
    attacks = {kind: [one for one in shown if one.kind == kind] for kind in kinds}
    apcer = {kind: _rate(ones, wrong=False) for kind, ones in attacks.items()}
    rates = [rate.rate for rate in apcer.values() if rate.rate is not None]
    answered = [one for one in real if one.refused is not None]
    return CheckReport(
        check=name,
        apcer=apcer,
        apcer_worst=max(rates, default=None),
        bpcer=_rate(real, wrong=True),
        at_bpcer={str(share): _at_bpcer(share, answered, attacks) for share in FIXED_BPCER},
        seconds=float(np.median([one.seconds for one in answered])) if answered else None,
    )


def _rate(shown: Sequence[Presentation], *, wrong: bool) -> Rate:
    """The share that was answered wrongly: `wrong` is what may not be said of these."""
    answered = [one for one in shown if one.refused is not None]
    errors = sum(one.refused is wrong for one in answered)
    count = len(answered)
    return Rate(
        rate=errors / count if count else None,
        interval=wilson(errors, count) if count else None,
        presentations=count,
        no_response=len(shown) - count,
    )


def _at_bpcer(
    share: float, real: Sequence[Presentation], attacks: dict[str, list[Presentation]]
) -> dict[str, float] | None:
    """APCER by kind where the limit refuses at most this share of real approaches."""
    if len(real) < 1 / share:
        return None
    scores = sorted((one.suspicion for one in real), reverse=True)
    limit = scores[int(share * len(scores))]  # so many are above it, and refused
    return {
        kind: float(np.mean([one.suspicion <= limit for one in answered]))
        for kind, ones in attacks.items()
        if (answered := [one for one in ones if one.refused is not None])
    }
