"""Detector, encoder and calibration that belong together; built once, at the root."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from clienteling.errors import StartError
from clienteling.recognition.calibration import Calibration, load, own_digest
from clienteling.recognition.detect import Detector, YuNetDetector
from clienteling.recognition.encode import Encoder, SFaceEncoder
from clienteling.recognition.liveness.evidence import Checks
from clienteling.recognition.liveness.settings import AttackSettings, build_checks

#: What the configuration may name.
ENCODERS: Final = ("sface", "dlib")


@dataclass(frozen=True, slots=True)
class Engine:
    """Everything that recognition needs. Threads may share it.

    Attributes:
        detector: Finds faces.
        encoder: Encodes them, with a permit.
        calibration: Measured with that encoder.
        liveness: What a visitor is checked for before a match is given; None: switched off.
        older: Encoders that the shop used before, while customers have templates of theirs.
        own_calibration: SHA-256 (hex) of a calibration of the shop's own; None: the packaged one.
    """

    detector: Detector
    encoder: Encoder
    calibration: Calibration
    liveness: Checks | None
    older: tuple["Engine", ...] = ()
    own_calibration: str | None = None

    @property
    def encoders(self) -> tuple[Encoder, ...]:
        """The shop's encoder, then those before."""
        return (self.encoder, *(engine.encoder for engine in self.older))

    def for_another_camera(self) -> "Engine":
        """Return the same models, with meters of their own."""
        return replace(
            self,
            encoder=self.encoder.with_own_meter(),
            older=tuple(engine.for_another_camera() for engine in self.older),
        )


def build_engine(
    encoder_name: str,
    calibration: Path | None = None,
    attacks: AttackSettings | None = None,
    also: Sequence[str] = (),
) -> Engine:
    """Load the models and the calibration that fits them.

    Args:
        encoder_name: "sface" or "dlib".
        calibration: The shop's own calibration; None takes the public benchmark's.
        attacks: How visitors are checked for prints and screens; None: passively.
        also: Encoders that the shop used before; they take the public benchmark's calibration.

    Raises:
        StartError: Unknown encoder, missing or altered weights, a processor that cannot run it, or
            a calibration that does not fit.
    """
    encoder, detector = build_encoder(encoder_name), YuNetDetector()
    return Engine(
        detector=detector,
        encoder=encoder,
        calibration=load(calibration, encoder.model_id, encoder.model_sha256),
        liveness=build_checks(attacks or AttackSettings()),
        older=tuple(_older(name, detector) for name in also),
        own_calibration=own_digest(calibration),
    )


def _older(name: str, detector: Detector) -> Engine:
    encoder = build_encoder(name)
    return Engine(
        detector, encoder, load(None, encoder.model_id, encoder.model_sha256), liveness=None
    )


def build_encoder(name: str) -> Encoder:
    """Load an encoder by itself; `evaluate` measures one that has no calibration yet.

    Args:
        name: One of `ENCODERS`.

    Raises:
        StartError: See `build_engine`.
    """
    if name == "sface":
        return SFaceEncoder()
    if name == "dlib":
        from clienteling.recognition.encode_dlib import DlibEncoder  # noqa: PLC0415  # only if chosen

        return DlibEncoder()
    raise StartError(f"There is no encoder {name}. Choose one of: {', '.join(ENCODERS)}.")
