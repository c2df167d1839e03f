"""What the demo's files say: the people and the visits of the clip."""

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(str(resources.files("clienteling.demo")))
PHOTOS = FOLDER / "photos"


class _Read(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sale(_Read):
    """Something bought, so many days before the demo begins; by the codes of products.csv."""

    days_ago: int = Field(ge=1)
    skus: tuple[str, ...]


class Story(_Read):
    """What came before: what a card says beside name, tastes and allergies.

    Attributes:
        request: What the shop was asked to do, and has not done yet.
        ready: An order that waits to be picked up.
        intent: What the customer comes for today.
        usual: What is bought again and again, by its code.
        note: By a member of staff.
    """

    request: str
    ready: str
    intent: str
    usual: str
    wish: str
    note: str
    sale: tuple[Sale, ...]


class Person(_Read):
    """An invented customer of the demo shop."""

    key: str
    name: str
    email: str
    language: Literal["nl", "en"]
    photos: tuple[str, ...]
    purposes: tuple[str, ...]
    likes: tuple[str, ...] = ()
    allergies: tuple[str, ...] = ()
    none_known: bool = False
    story: Story | None = None


class Shop(_Read):
    """people.toml."""

    person: tuple[Person, ...]


class Visit(_Read):
    """Somebody walks up to the camera; times in clip seconds."""

    person: tuple[str, ...]
    picture: tuple[str, ...]
    start: float = Field(alias="from")
    end: float = Field(alias="to")
    press: float | None = None
    independent: bool
    expected: Literal["match", "unknown", "abort", "none"]


class Withdrawal(_Read):
    """A customer withdraws while the clip runs."""

    person: str
    at: float


class Clip(_Read):
    """clip.toml."""

    size: tuple[int, int]
    fps: int
    length: float
    face: float
    face_of_two: float
    faces: dict[str, tuple[int, int, int, int]]
    visit: tuple[Visit, ...]
    withdrawal: tuple[Withdrawal, ...]


def load_shop() -> Shop:
    """Return the demo's people."""
    return Shop.model_validate(_toml("people.toml"))


def load_clip() -> Clip:
    """Return the demo's visits."""
    return Clip.model_validate(_toml("clip.toml"))


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
