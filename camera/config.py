"""The configuration of a camera box. Frozen; an unknown key is named and refused."""

import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator

from camera.sources import Source, SourceKind, has_password, parse_source
from clienteling.addresses import hub_address
from clienteling.edge_protocol import EdgePurpose
from clienteling.egress import Place, place_of, require_local
from clienteling.errors import StartError, UsageError
from clienteling.recognition.liveness.settings import AttackSettings

#: What all cameras of a box share, and what each has for itself.
_SHARED = frozenset(
    {"hub", "state", "ca_file", "encoder", "also", "calibration", "attack_check", "attack_model"}
)
_ONE_CAMERAS = frozenset({"name", "source", "loop", "pair_code_file", "push_token_file", "purpose"})
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")


class CameraConfig(AttackSettings):
    """What `clienteling camera` is told.

    Attributes:
        source: A file, the number of a USB camera, an rtsp(s):// or http(s):// (MJPEG) address, or
            push://HOST:PORT for a camera that sends its pictures.
        push_token_file: File with the token that such a camera sends.
        hub: The hub's address. HTTPS, unless it is on this very machine.
        state: This camera's own folder: its identity and keys (0600), nothing of any person.
        name: How the hub shows this box when it is paired.
        loop: Start a file again when it ends.
        pair_code_file: File with the one-time code; read only when not paired yet.
        ca_file: Certificate authority of the hub, when it is not a public one.
        encoder: `sface` or `dlib`; the gallery's model must be the same.
        also: Encoders that the shop used before, as in the hub's configuration.
        calibration: The shop's own calibration file; None for the shipped one.
        purpose: `till` for a camera that stands at one; the hub must have paired it as such.

    And those of `AttackSettings`.
    """

    source: Annotated[str, Field(min_length=1, repr=False)]  # an address may hold a password
    push_token_file: Path | None = None
    hub: str
    state: Path
    name: Annotated[str, Field(min_length=1, max_length=120)] = "camera"
    loop: bool = False
    pair_code_file: Path | None = None
    ca_file: Path | None = None
    encoder: Literal["sface", "dlib"] = "sface"
    also: tuple[Literal["sface", "dlib"], ...] = ()
    calibration: Path | None = None
    purpose: EdgePurpose = "recognise"

    @field_validator("hub")
    @classmethod
    def _reachable_in_secret(cls, hub: str) -> str:
        return hub_address(hub)

    def opened_source(self) -> Source:
        """Return the source with its secrets read.

        Raises:
            UsageError: it is of no kind that is read. StartError: its token cannot be read.
        """
        token = "" if self.push_token_file is None else read_secret(self.push_token_file)
        return parse_source(self.source, token)


def given_source(source: str | None, file: Path | None) -> str | None:
    """Return the source that a command line gives, itself or in a file; None if it gives none.

    Raises:
        UsageError: both are given, or a password stands on the command line, which every user of
            the machine can read. StartError: the file cannot be read.
    """
    if file is not None:
        if source is not None:
            raise UsageError("Give --source or --source-file, not both.")
        return read_secret(file)
    if source is not None and has_password(source):
        raise UsageError(
            "Every user of this machine can read a command line. Write the address with its "
            "password into a file and give --source-file FILE, or into the file of --config."
        )
    return source


def read_secret(path: Path) -> str:
    """Return what a file holds, “-” standing for standard input, without white space around it.

    Raises:
        StartError: it cannot be read.
    """
    try:
        if path == Path("-"):
            return sys.stdin.readline().strip()
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"{path} cannot be read. Check that it exists and its owner.") from error


def make_config(**values: Any) -> CameraConfig:
    """Build the configuration from arguments; None means not given.

    Raises:
        StartError: a key is unknown, missing or wrong, each named.
    """
    given = {k: v for k, v in values.items() if v is not None}
    return _validated("The camera's configuration", given)


@dataclass(frozen=True, slots=True)
class BoxConfig:
    """A box with one camera or more: one hub, one set of models.

    Attributes:
        cameras: Each with its own source, pairing and state folder.
        is_shared: The file lists cameras (`[[camera]]`), so that events name theirs.
    """

    cameras: tuple[CameraConfig, ...]
    is_shared: bool

    def places(self) -> tuple[Place, ...]:
        """Return what the box connects to: its hub, and the cameras that stream.

        Raises:
            EgressRefusedError: a camera's address is a public one (R42).
        """
        streams = []
        for camera in self.cameras:
            source = camera.opened_source()
            if source.kind is SourceKind.STREAM:
                place = place_of(source.value, "source")
                require_local(place.host, "source")
                streams.append(place)
        return (place_of(self.cameras[0].hub, "hub"), *streams)

    @property
    def plays_files(self) -> bool:
        """Whether every source is a file."""
        kinds = {camera.opened_source().kind for camera in self.cameras}
        return kinds == {SourceKind.FILE}


def load_box(path: Path, **overrides: Any) -> BoxConfig:
    """Read a TOML file; arguments that are not None take precedence.

    Without `[[camera]]` it describes one camera. With it, each table is one camera; what stands
    above the first is for all of them, and each keeps its state in `state`/`name`.

    Raises:
        StartError: the file cannot be read, or holds an unknown key or a wrong value.
        UsageError: an argument that is one camera's own, for a file that lists several; a source
            of no kind that is read.
    """
    raw = _read_toml(path)
    given = {k: v for k, v in overrides.items() if v is not None}
    tables = raw.pop("camera", None)
    if tables is None:
        return one_camera(_validated(str(path), raw | given))
    if not isinstance(tables, list) or not tables or not all(isinstance(t, dict) for t in tables):
        raise StartError(f"{path}: write each camera as a table [[camera]].")
    if own := sorted(given.keys() & _ONE_CAMERAS):
        raise UsageError(
            f"{path} lists cameras: give {', '.join(own)} there, in the camera's own table."
        )
    cameras = tuple(_listed(path, raw | given, table) for table in tables)
    for camera in cameras:
        camera.opened_source()  # what is written wrong ends the start, of all of them
    names = [camera.name for camera in cameras]
    if len(set(names)) < len(names):
        raise StartError(f"{path}: two cameras have one name. Give each [[camera]] its own.")
    return BoxConfig(cameras, is_shared=True)


def one_camera(config: CameraConfig) -> BoxConfig:
    """Return the box of one camera."""
    return BoxConfig((config,), is_shared=False)


def _listed(path: Path, shared: dict[str, Any], table: dict[str, Any]) -> CameraConfig:
    name = table.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise StartError(f"{path}: each [[camera]] needs a name of letters, digits, - and _.")
    where = f"{path}, camera {name}"
    if moved := sorted(table.keys() & _SHARED):
        raise StartError(
            f"{where}: {', '.join(moved)} is the same for all cameras. Write it above the first "
            "[[camera]]."
        )
    if own := sorted(shared.keys() & _ONE_CAMERAS):
        raise StartError(f"{path}: {', '.join(own)} belongs into a camera's own table.")
    values = shared | table
    if "state" in values:
        values["state"] = Path(values["state"]) / name
    return _validated(where, values)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StartError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StartError(f"{path} is not valid TOML: {error}. Correct that line.") from error


def _validated(where: str, values: dict[str, Any]) -> CameraConfig:
    try:
        return CameraConfig.model_validate(values)
    except ValidationError as error:
        raise StartError(_explain(where, error)) from error


def _explain(where: str, error: ValidationError) -> str:
    parts = []
    for issue in error.errors(include_input=False, include_url=False, include_context=False):
        key = ".".join(str(part) for part in issue["loc"])
        if issue["type"] == "extra_forbidden":
            parts.append(f"{key} is not a known key")
        elif issue["type"] == "missing":
            parts.append(f"{key} is missing")
        else:
            parts.append(f"{key}: {issue['msg'].removeprefix('Value error, ')}".removeprefix(": "))
    return f"{where}: {'; '.join(parts)}. Correct this and start again."
