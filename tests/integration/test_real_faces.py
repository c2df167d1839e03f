"""The main job on people it has never seen, where the public benchmark is at hand.

Eight people of Labeled Faces in the Wild are enrolled with three photographs each; held-out
photographs of them, and of sixteen strangers, walk up to the camera. Skips where there is no data.
"""

import os
from itertools import islice
from pathlib import Path

import pytest

from camera.replay import replay
from clienteling.customers.paper import enrol_from_paper
from clienteling.customers.sightings import resolve
from clienteling.customers.templates import open_gallery
from clienteling.home import Home
from clienteling.recognition.engine import Engine
from clienteling.region import admission, edge_policy
from consent.office import withdraw
from consent.purposes import Purpose
from tests.support.clips import compose, empty, picture, scene
from tests.support.shops import make_home, paper_form

FACES = Path(os.environ.get("CLIENTELING_FACES") or Path(__file__).parents[3] / "shared" / "faces")
LFW = FACES / "lfw"

pytestmark = pytest.mark.skipif(
    not LFW.is_dir(), reason=f"no public face benchmark in {LFW} (CLIENTELING_FACES names another)"
)

PEOPLE, STRANGERS, ENROL = 8, 16, 3
STANDS, GAP = 2.4, 1.2  # seconds
FPS, SIZE = 5, (640, 480)


def photographs(engine: Engine, person: Path, enough: int) -> list[Path]:
    """The first so many photographs of somebody who is alone in them (two faces are an abort)."""
    alone = (
        photo
        for photo in sorted(person.glob("*.jpg"))
        if len(engine.detector.detect(picture((photo,), SIZE))) == 1
    )
    return list(islice(alone, enough))


@pytest.fixture(scope="module")
def people(real_engine: Engine) -> list[list[Path]]:
    """Four photographs each of the first eight, by name, who have as many."""
    several = (path for path in sorted(LFW.iterdir()) if len(list(path.iterdir())) > ENROL)
    found = (photographs(real_engine, path, ENROL + 1) for path in several)
    return list(islice((photos for photos in found if len(photos) > ENROL), PEOPLE))


@pytest.fixture(scope="module")
def strangers(real_engine: Engine) -> list[Path]:
    """One photograph each of the first sixteen who have only one."""
    single = (path for path in sorted(LFW.iterdir()) if len(list(path.iterdir())) == 1)
    found = (photographs(real_engine, path, 1) for path in single)
    return list(islice((photos[0] for photos in found if photos), STRANGERS))


def decisions(
    home: Home, engine: Engine, folder: Path, visitors: list[Path]
) -> list[tuple[str, str | None]]:
    """Let the visitors come one by one, each pressing; return what was decided about each."""
    scenes = [part for visitor in visitors for part in (scene(STANDS, visitor), empty(GAP))]
    clip = compose(folder / "clip.avi", [empty(GAP), *scenes], fps=FPS, size=SIZE)
    presses = [GAP + number * (STANDS + GAP) for number in range(len(visitors))]
    admitted = admission(home.config, home.profile, live=False, today=home.office.now().date())
    policy = edge_policy(admitted, engine.encoder.model_id, live=False)
    gallery = open_gallery(home.office, engine.encoder.model_id)
    found: list[tuple[str, str | None]] = [("none", None)] * len(visitors)
    for seen in replay(clip, policy, presses, engine, gallery):
        assert seen.window_id is not None
        place = int(seen.window_id.removeprefix("press-")) - 1
        customer = resolve(home.office, seen.alias, names=False, actor="command").customer
        found[place] = (str(seen.decision), customer)
    gallery.wipe()
    return found


def test_customers_are_recognised_strangers_are_not_and_who_withdrew_is_one(
    people: list[list[Path]], strangers: list[Path], real_engine: Engine, tmp_path: Path
) -> None:
    home = make_home(tmp_path / "shop")
    customers = []
    for number, photos in enumerate(people):
        enrolled = tuple(str(photo) for photo in photos[:ENROL])
        form = paper_form(f"Customer {number}", photos=enrolled)
        done = enrol_from_paper(home.office, lambda: real_engine, form)
        assert done.templates == 1, done.refused
        customers.append(done.customer)
    held_out = [photos[ENROL] for photos in people]

    # Everybody comes: customers and strangers.
    seen = decisions(home, real_engine, tmp_path, [*held_out, *strangers])

    assert seen[:PEOPLE] == [("match", customer) for customer in customers]
    assert seen[PEOPLE:] == [("unknown", None)] * STRANGERS

    # One withdraws, and comes again with the others.
    withdraw(home.office, customers[2], [Purpose.RECOGNISE], actor="command", method="command")

    again = decisions(home, real_engine, tmp_path, held_out)

    assert again[2] == ("unknown", None)
    others = [decided for number, decided in enumerate(again) if number != 2]
    assert others == [("match", c) for n, c in enumerate(customers) if n != 2]
