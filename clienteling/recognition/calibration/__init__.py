"""From which score a person counts as recognised: measured, not chosen (R27).

The threshold follows the size of the gallery, the images behind a template and the frames behind a
decision. A calibration holds numbers only, and names the model that it was measured with.
"""

import hashlib
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from clienteling.errors import StartError

#: A gallery may be this much larger than the largest that was measured (SP 800-63A-4, 3.11: the
#: test gallery is at least 90 % of the real one).
_COVERED: Final = 0.9


#: Strangers greeted as somebody: not more than 1 in 1,000 searches (R27).
LARGEST_FPIR: Final = 0.001


class CalibrationError(StartError):
    """The calibration is missing, damaged, of another model, or does not reach far enough."""


class Cell(BaseModel):
    """One measurement: the threshold at which the FPIR asked for was reached.

    Attributes:
        gallery: Templates in the gallery.
        enrol: Images behind each template.
        frames: Successive frames of one approach to a camera. Independent photographs do not stand
            for them: their errors average out, those of successive frames hardly do
            (docs/decisions/0026).
        threshold: The score.
        fnir: The false negative identification rate there; None where it was not measured.
        searches: How many searches by strangers are behind it; None likewise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    gallery: int = Field(ge=1)
    enrol: int = Field(ge=1)
    frames: int = Field(ge=1)
    threshold: float = Field(gt=0, lt=1)
    fnir: float | None = Field(default=None, ge=0, le=1)
    searches: int | None = Field(default=None, ge=1)


class Calibration(BaseModel):
    """Thresholds for one model; the type of the file as well.

    Attributes:
        v: Version of the format.
        model_id: The model that it was measured with.
        model_sha256: That model's digest.
        fpir: False positive identification rate at these thresholds, when measured.
        source: What was measured, in words that the health page shows.
        measured: How, in words.
        measured_on: When; it is measured again within a year (R28).
        margin: The runner-up must be at least so far below the nearest (R30).
        clearly: What counts as clear of the threshold.
        same_person: The cosine from which two photographs at enrolment agree.
        cells: The measurements; every combination of gallery, images and frames is there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    v: Literal[1]
    model_id: str
    model_sha256: str
    fpir: float = Field(gt=0, lt=1)
    source: str
    measured: str
    measured_on: date | None = None
    margin: float = Field(gt=0, lt=1)
    clearly: float = Field(gt=0, lt=1)
    same_person: float = Field(gt=0, lt=1)
    cells: tuple[Cell, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Every combination once, frames from 1: a gap would be answered by an easier cell."""
        keys = [(cell.gallery, cell.enrol, cell.frames) for cell in self.cells]
        galleries, enrols, frames = (set(values) for values in zip(*keys, strict=True))
        combinations = len(galleries) * len(enrols) * len(frames)
        if len(set(keys)) != len(keys) or len(keys) != combinations:
            raise ValueError("a combination of gallery, enrol and frames is absent or there twice")
        if min(frames) != 1:
            raise ValueError("there is no measurement for a single frame")
        return self

    @property
    def largest_gallery(self) -> int:
        """The largest gallery that it may be used with."""
        return int(max(cell.gallery for cell in self.cells) / _COVERED)

    def threshold(self, gallery_size: int, enrol_images: int | None, frames: int) -> float:
        """The score from which the nearest template counts as the same person.

        Nothing is interpolated: the next larger measured gallery, the next larger number of images
        and the next smaller number of frames answer, and never less than any measurement that
        should be easier. So it rises with gallery and images and falls with frames.

        Args:
            gallery_size: Templates in the gallery.
            enrol_images: Images behind a template; None (not known) takes the strictest.
            frames: Frames behind the score, 1 or more.

        Raises:
            CalibrationError: The gallery is larger than the calibration reaches.
        """
        if gallery_size > self.largest_gallery:
            raise CalibrationError(
                f"The gallery holds {gallery_size} templates and the calibration reaches to "
                f"{self.largest_gallery}: measure with a larger set before matching goes on."
            )
        if frames < 1:
            raise CalibrationError("A score needs at least one frame behind it.")
        gallery = _at_least({cell.gallery for cell in self.cells}, gallery_size)
        enrol = _at_least({cell.enrol for cell in self.cells}, enrol_images)
        seen = max(cell.frames for cell in self.cells if cell.frames <= frames)
        return max(
            cell.threshold
            for cell in self.cells
            if cell.gallery <= gallery and cell.enrol <= enrol and cell.frames >= seen
        )


def _at_least(measured: set[int], wanted: int | None) -> int:
    """The smallest measured value that reaches `wanted`, or the largest there is."""
    largest = max(measured)
    if wanted is None:
        return largest
    return min((value for value in measured if value >= wanted), default=largest)


def load(path: Path | None, model_id: str, model_sha256: str) -> Calibration:
    """Read the calibration of a model.

    Args:
        path: A calibration of the shop's own; None takes the one measured on a public benchmark.
        model_id: Model in use.
        model_sha256: Its digest; the file must name the same.

    Raises:
        CalibrationError: See the class.
    """
    where = f"The calibration {path or model_id}"
    try:
        content = path.read_bytes() if path is not None else _packaged(model_id)
        calibration = Calibration.model_validate_json(content)
    except OSError as error:
        raise CalibrationError(f"{where} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise CalibrationError(f"{where} is damaged at {place}: {first['msg']}.") from error
    if (calibration.model_id, calibration.model_sha256) != (model_id, model_sha256):
        raise CalibrationError(
            f"{where} was measured with {calibration.model_id}, which is another model than "
            f"{model_id} or another build of it. Name the calibration of the encoder in use."
        )
    if calibration.fpir > LARGEST_FPIR:
        raise CalibrationError(
            f"{where} was made for a false positive rate of {calibration.fpir:g}; nobody is "
            f"matched with more than {LARGEST_FPIR:g}. Measure again with `clienteling evaluate "
            f"--fpir {LARGEST_FPIR:g}`."
        )
    return calibration


def own_digest(path: Path | None) -> str | None:
    """Return the hex SHA-256 of a calibration of the shop's own; None: the packaged one is used.

    Raises:
        CalibrationError: it cannot be read.
    """
    if path is None:
        return None
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise CalibrationError(
            f"The calibration {path} cannot be read: {error.strerror}."
        ) from error


def _packaged(model_id: str) -> bytes:
    return resources.files(__name__).joinpath(f"{model_id}.json").read_bytes()
