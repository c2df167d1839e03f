"""The configuration of one camera box. One frozen model; an unknown key is named and refused."""

import ipaddress
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from clienteling.errors import StartError

_LOCAL_NAMES = frozenset({"localhost"})


class CameraConfig(BaseModel):
    """What `clienteling camera` is told.

    Attributes:
        source: A file, the number of a USB camera, or an rtsp:// or rtsps:// address.
        hub: The hub's address. HTTPS, unless it is on this very machine.
        state: This camera's own folder: its identity and keys (0600), nothing of any person.
        name: How the hub shows this box when it is paired.
        loop: Start a file again when it ends.
        pair_code_file: File with the one-time code; read only when not paired yet.
        ca_file: Certificate authority of the hub, when it is not a public one.
        encoder: `sface` or `dlib`; the gallery's model must be the same.
        calibration: The shop's own calibration file; None for the shipped one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    source: Annotated[str, Field(min_length=1)]
    hub: str
    state: Path
    name: Annotated[str, Field(min_length=1, max_length=120)] = "camera"
    loop: bool = False
    pair_code_file: Path | None = None
    ca_file: Path | None = None
    encoder: Literal["sface", "dlib"] = "sface"
    calibration: Path | None = None

    @field_validator("hub")
    @classmethod
    def _reachable_in_secret(cls, hub: str) -> str:
        parts = urlsplit(hub)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("write the hub's address like https://hub.shop.example")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("the hub's address carries no name, password, ? or #")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError("a hub on another machine must be reached by https://")
        return hub.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by its name or number; a name is not looked up."""
    if host in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def make_config(**values: Any) -> CameraConfig:
    """Build the configuration from arguments; None means not given.

    Raises:
        StartError: a key is unknown, missing or wrong, each named.
    """
    try:
        return CameraConfig.model_validate({k: v for k, v in values.items() if v is not None})
    except ValidationError as error:
        raise StartError(_explain("The camera's configuration", error)) from error


def load_config(path: Path, **overrides: Any) -> CameraConfig:
    """Read a TOML file; arguments that are not None take precedence.

    Raises:
        StartError: the file cannot be read, or holds an unknown key or a wrong value.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StartError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StartError(f"{path} is not valid TOML: {error}. Correct that line.") from error
    given = {k: v for k, v in overrides.items() if v is not None}
    try:
        return CameraConfig.model_validate({**raw, **given})
    except ValidationError as error:
        raise StartError(_explain(str(path), error)) from error


def _explain(where: str, error: ValidationError) -> str:
    parts = []
    for issue in error.errors(include_input=False, include_url=False, include_context=False):
        key = ".".join(str(part) for part in issue["loc"])
        if issue["type"] == "extra_forbidden":
            parts.append(f"{key} is not a known key")
        elif issue["type"] == "missing":
            parts.append(f"{key} is missing")
        else:
            parts.append(f"{key}: {issue['msg'].removeprefix('Value error, ')}")
    return f"{where}: {'; '.join(parts)}. Correct this and start again."
