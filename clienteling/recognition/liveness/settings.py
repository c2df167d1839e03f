"""What an operator sets about the attack check, in the hub's and the camera's configuration."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    from clienteling.recognition.liveness.evidence import Checks


class AttackModel(BaseModel):
    """A file of MiniFASNet that the operator has put in place.

    Attributes:
        path: The ONNX file.
        sha256: Its digest.
        scale: How much of the picture it sees, in face boxes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    path: Path
    sha256: Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{64}$")]
    scale: Annotated[float, Field(gt=1.0, le=8.0)]


class AttackSettings(BaseModel):
    """How visitors are checked for prints and screens (R31).

    Attributes:
        attack_check: `passive`, or `off`: then the health page says none. None, not said: passive
            for whatever is alive, off for a file (`for_source`).
        attack_model: Models to ask besides; none: the passive checks alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    attack_check: Literal["passive", "off"] | None = Field(
        default=None, exclude_if=lambda check: check is None
    )
    # An empty list in a file that we wrote would forbid the tables that an operator adds below it.
    attack_model: tuple[AttackModel, ...] = Field(
        default=(), max_length=4, exclude_if=lambda models: not models
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.attack_check == "off" and self.attack_model:
            raise ValueError("attack_check is off, so leave attack_model away")
        return self

    def for_source(self, *, is_file: bool) -> Self:
        """Settle what was not said: a file is not checked, unless a model is named.

        Nobody can hold a print up to a file, and clips are often composed of photographs.
        """
        if self.attack_check is not None or self.attack_model or not is_file:
            return self
        return self.model_copy(update={"attack_check": "off"})


def build_checks(settings: AttackSettings) -> "Checks | None":
    """Load what the settings name; None when the check is switched off.

    Raises:
        WeightsError: a model is missing, is another file, or is no MiniFASNet.
    """
    # Every command reads its configuration, and most need neither numpy nor OpenCV for that.
    from clienteling.recognition.liveness.evidence import Checks  # noqa: PLC0415
    from clienteling.recognition.liveness.minifasnet import MiniFasNet  # noqa: PLC0415

    if settings.attack_check == "off":
        return None
    return Checks(
        tuple(MiniFasNet(model.path, model.sha256, model.scale) for model in settings.attack_model)
    )
