"""What the papers say, by language: TOML beside this module."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("nl", "en")


@cache
def words(language: str) -> dict[str, Any]:
    """Return the words of a language of `LANGUAGES`."""
    file = resources.files(__name__).joinpath(f"{language}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
