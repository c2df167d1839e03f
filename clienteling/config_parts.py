"""Sections of `config.toml` that a command is given in a file of their own."""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from clienteling.config import explain
from clienteling.databases_config import DatabasesConfig
from clienteling.errors import UsageError
from clienteling.keystore.keys_config import KeysConfig

_F = TypeVar("_F", bound=BaseModel)


class _KeysFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    keys: KeysConfig


class _DatabasesFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    databases: DatabasesConfig


def load_keys(path: Path) -> KeysConfig:
    """Read where a root key lies from a file with one `[keys]` section, as in `config.toml`.

    Raises:
        UsageError: the file cannot be read, or something in it is wrong; the message says what.
    """
    return _section_of(path, _KeysFile, "keys").keys


def load_databases(path: Path) -> DatabasesConfig:
    """Read where databases lie from a file with one `[databases]` section, as in `config.toml`.

    Raises:
        UsageError: the file cannot be read, or something in it is wrong; the message says what.
    """
    return _section_of(path, _DatabasesFile, "databases").databases


def _section_of(path: Path, kind: type[_F], name: str) -> _F:
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise UsageError(f"{path}: {explain(error)}") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read as TOML with a [{name}] section.") from error
