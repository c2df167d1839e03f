"""Shops on disk for the command line: one is enrolled once, and copied for each test that needs it.

Copying a folder is cheaper than enrolling, and the engine is built once per test process: the
command line gets it at the one seam where it would build its own.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from clienteling.cli import main
from clienteling.config import PapersConfig, RegionConfig
from clienteling.customers.paper import PaperEnrolment, PaperForm, enrol_from_paper
from clienteling.demo.clip import render
from clienteling.demo.script import Clip, load_clip
from clienteling.home import Home, NewHome, init_home, new_store, open_home
from clienteling.recognition import engine as engines
from clienteling.recognition.calibration import own_digest
from clienteling.recognition.engine import Engine, build_engine
from clienteling.recognition.liveness.settings import AttackSettings
from consent.log.events import EventKind
from consent.log.ledger import EntryView, search
from consent.office import Office
from tests.support.faces import PHOTOS
from tests.support.postgresql import copy_shop, lent

#: Markers that must be found nowhere in the clear.
ROBIN = "Robin Zeldzaamnaam"
ROBIN_EMAIL = "robin.zeldzaam@marker.example"
ROBIN_TASTE = "zoethoutmarker"


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The last line of standard output."""
        return json.loads(self.out.splitlines()[-1])

    @property
    def lines(self) -> list[Any]:
        """Every line of standard output."""
        return [json.loads(line) for line in self.out.splitlines()]


Command = Callable[..., Result]


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A shop with two customers: Robin (a1 and a2), and Sam (b1)."""

    path: Path
    robin: PaperEnrolment
    sam: PaperEnrolment


@pytest.fixture(scope="session")
def real_engine() -> Engine:
    """YuNet and SFace with the shipped calibration; photographs play people, so unchecked."""
    return build_engine("sface", attacks=AttackSettings(attack_check="off"))


@pytest.fixture
def command(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    real_engine: Engine,
) -> Command:
    """Run `clienteling …` in this process; the shop is `tmp_path / "shop"` unless named."""

    def build(_name: str, calibration: Path | None = None, *_more: Any, **_named: Any) -> Engine:
        return replace(real_engine, own_calibration=own_digest(calibration))

    monkeypatch.setattr(engines, "build_engine", build)
    monkeypatch.delenv("CLIENTELING_PASSPHRASE_FILE", raising=False)

    def run(*arguments: str, home: Path = tmp_path / "shop") -> Result:
        monkeypatch.setenv("CLIENTELING_HOME", str(home))
        capsys.readouterr()
        try:
            code = main(arguments)
        except SystemExit as ended:  # argparse
            code = int(str(ended.code))
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run


def make_home(path: Path, region: RegionConfig | None = None) -> Home:
    """Make a shop; in the EU with `trigger`, unless told otherwise."""
    return init_home(
        path,
        NewHome(
            store=new_store("Test Sweet Shop", demo=True),
            region=region or RegionConfig(region="eu", policy="trigger"),
            papers=PapersConfig(dpia_id="DEMO-DPIA"),
            databases=lent(),
        ),
    )


def logged(office: Office, *kinds: EventKind) -> tuple[EntryView, ...]:
    """The entries of these kinds (none named: all), newest first."""
    with office.databases.identity.read() as identity:
        return search(identity, kinds=kinds or None, limit=1000)


def paper_form(name: str, *photos: str, **changes: Any) -> PaperForm:
    """A paper form with everything ticked, for somebody on these photographs."""
    values: dict[str, Any] = {
        "name": name,
        "email": None,
        "photos": tuple(str(PHOTOS / f"{photo}.jpg") for photo in photos),
        "purposes": ("recognise", "preferences", "allergies"),
        "allergies": (),
        "none_known": False,
        "likes": (),
        "attestation": "paper form 17",
        "notice": None,
        "language": "nl",
    }
    return PaperForm(**values | changes)


@pytest.fixture(scope="session")
def enrolled_once(tmp_path_factory: pytest.TempPathFactory, real_engine: Engine) -> Enrolled:
    path = tmp_path_factory.mktemp("enrolled") / "shop"
    home = make_home(path)
    robin = paper_form(
        ROBIN,
        *("a1", "a2"),
        email=ROBIN_EMAIL,
        allergies=("milk", "sesame"),
        likes=(ROBIN_TASTE,),
    )
    sam = paper_form("Sam Voorbeeld", "b1", none_known=True, language="en")
    made = [enrol_from_paper(home.office, lambda: real_engine, form) for form in (robin, sam)]
    home.databases.close()
    return Enrolled(path, *made)


@pytest.fixture
def enrolled(enrolled_once: Enrolled, tmp_path: Path) -> Enrolled:
    """A copy of the enrolled shop, where `command` looks for it."""
    copy_shop(enrolled_once.path, tmp_path / "shop")
    return Enrolled(tmp_path / "shop", enrolled_once.robin, enrolled_once.sam)


@pytest.fixture
def enrolled_home(enrolled: Enrolled) -> Home:
    return open_home(enrolled.path)


@pytest.fixture(scope="session")
def short_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Robin (a photograph that was never enrolled) from second 0.5 to 5, a stranger from 6.5 to 11.

    Rendered with the demo's own tool.
    """
    clip = load_clip()
    robin, stranger = clip.visit[0], clip.visit[1]
    visits = (
        robin.model_copy(update={"start": 0.5, "end": 5.0, "press": 1.8}),
        stranger.model_copy(update={"start": 6.5, "end": 11.0, "press": 7.8}),
    )
    return render(shortened(clip, *visits), tmp_path_factory.mktemp("clip") / "short.avi")


def shortened(clip: Clip, *visits: Any) -> Clip:
    """The clip with these visits only, as long as they take."""
    length = max(visit.end for visit in visits) + 0.5
    return clip.model_copy(update={"visit": visits, "withdrawal": (), "length": length})
