"""Make a set of attacks from photographs, and of approaches from real clips, to measure with.

The attacks are simulated (`media`, `handheld`): they show what the check does against that look and
that motion, and nothing about a print or a screen that a real camera saw. The approaches are cut
from real clips, because a walk made of a photograph would be as flat as an attack.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from clienteling.errors import UsageError
from clienteling.evaluation.clips import read_frames, read_photo, write_clip
from clienteling.evaluation.handheld import FPS, draw_sway, show
from clienteling.evaluation.media import MEDIA, flat_picture
from clienteling.recognition.detect import PHOTO_SIDE, Detector, Face
from clienteling.recognition.frames import Image
from clienteling.recognition.track import Tracker

BONA_FIDE: Final = "bona_fide"
#: A film of a real approach, played on a tablet.
REPLAY: Final = "replay"
_SECONDS: Final = 2.4
_FRAMES: Final = round(_SECONDS * FPS)
_LEAST: Final = 12
#: Faces smaller than this, in pixels, would not pass the camera's quality gate either.
_SMALLEST: Final = 64.0
#: Frames a second that are taken of a clip, at most; about what a camera decides on.
_CLIP_FPS: Final = 12.5
#: Height of a face as the camera sees it.
_FACE: Final = (110.0, 200.0)
#: How much of the clip is kept around an approach, in face heights.
_MARGIN: Final = 1.6

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to make.

    Attributes:
        photos: `<person>/<photograph>`; the first of each person with one face is shown.
        clips: Folder of real clips; None: no approaches and no replays.
        people: How many people.
        skip: How many people to leave out first, so that two sets share nobody.
        seed: The same seed makes the same set.
    """

    photos: Path
    clips: Path | None
    people: int
    skip: int = 0
    seed: int = 1


def build_attacks(out: Path, wanted: Wanted, detector: Detector, say: Say) -> dict[str, int]:
    """Write `<kind>/<clip>.avi` under `out`; return how many of each kind.

    Raises:
        UsageError: `out` is not empty, or there are no photographs or clips to use.
    """
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out} is not empty. Give a new folder.")
    made: dict[str, int] = defaultdict(int)
    for number, (name, photo, face) in enumerate(_people(wanted, detector)):
        for kind, medium in enumerate(MEDIA):
            random = np.random.default_rng([wanted.seed, wanted.skip + number, kind])
            flat = flat_picture(photo, face, medium, random.uniform(*_FACE), random)
            frames = show([flat] * _FRAMES, draw_sway(random), random)
            made[medium.name] += _write(out / medium.name / f"{name}.avi", frames)
        say(f"{number + 1} of {wanted.people} people")
    if wanted.clips is not None:
        _from_clips(out, wanted, detector, made)
    if not made:
        raise UsageError(f"{wanted.photos} holds no photograph with one face.")
    return dict(made)


def _write(path: Path, frames: Iterator[Image]) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return int(write_clip(path, frames, FPS) > 0)


def _people(wanted: Wanted, detector: Detector) -> Iterator[tuple[str, Image, Face]]:
    if not wanted.photos.is_dir():
        raise UsageError(f"{wanted.photos} is no folder of <person>/<photograph>.")
    folders = sorted(folder for folder in wanted.photos.iterdir() if folder.is_dir())
    order = np.random.default_rng(wanted.seed).permutation(len(folders))
    found = 0
    for index in order:
        shown = _first_good(folders[index], detector)
        if shown is None:
            continue
        found += 1
        if found > wanted.skip + wanted.people:
            return
        if found > wanted.skip:
            yield folders[index].name, *shown


def _first_good(folder: Path, detector: Detector) -> tuple[Image, Face] | None:
    for file in sorted(folder.iterdir()):
        photo = read_photo(file)
        faces = detector.detect(photo, longest_side=PHOTO_SIDE)
        if len(faces) == 1 and faces[0].box[3] >= _SMALLEST:
            return photo, faces[0]
    return None


def _from_clips(out: Path, wanted: Wanted, detector: Detector, made: dict[str, int]) -> None:
    clips = wanted.clips
    if clips is None or not clips.is_dir():
        raise UsageError(f"{clips} is no folder of clips.")
    for file in sorted(clips.iterdir()):
        for number, (images, face) in enumerate(_approaches(file, detector), 1):
            name = f"{file.stem}-{number:02}.avi"
            made[BONA_FIDE] += _write(out / BONA_FIDE / name, iter(images))
            random = np.random.default_rng([wanted.seed, made[BONA_FIDE]])
            made[REPLAY] += _write(out / REPLAY / name, _replayed(images, face, random))


def _replayed(images: list[Image], face: Face, random: np.random.Generator) -> Iterator[Image]:
    """The film on a tablet in a hand. Its grid and its glare stay where they are."""
    tablet = next(medium for medium in MEDIA if medium.name == "tablet")
    marks = int(random.integers(2**31))
    height = min(random.uniform(*_FACE), 380 * face.box[3] / images[0].shape[0])
    flats = [
        flat_picture(image, face, tablet, height, np.random.default_rng(marks), whole=True)
        for image in images
    ]
    return show(flats, draw_sway(random), random)


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A part of one person's way through a clip.

    Attributes:
        frames: Numbers of its frames.
        rows: What is kept of the picture, the same all the time: what stands still stands still.
        columns: Likewise.
        face: The first face, in what is kept.
    """

    frames: tuple[int, ...]
    rows: slice
    columns: slice
    face: Face


def _approaches(file: Path, detector: Detector) -> Iterator[tuple[list[Image], Face]]:
    """Each person of a clip, in pieces of at most `_SECONDS`, each with its first face."""
    waiting = list(_pieces(file, detector))
    cut: dict[_Piece, list[Image]] = {piece: [] for piece in waiting}
    for frame in read_frames(file, _CLIP_FPS):
        for piece in [piece for piece in waiting if frame.number in piece.frames]:
            cut[piece].append(frame.image[piece.rows, piece.columns].copy())
            if len(cut[piece]) == len(piece.frames):
                waiting.remove(piece)
                yield cut.pop(piece), piece.face


def _pieces(file: Path, detector: Detector) -> Iterator[_Piece]:
    tracker = Tracker()
    seen: dict[int, list[tuple[int, Face]]] = defaultdict(list)
    size = (0, 0)
    for frame in read_frames(file, _CLIP_FPS):
        size = frame.image.shape[:2]
        faces = detector.detect(frame.image, longest_side=PHOTO_SIDE)
        for face, track in zip(faces, tracker.update(faces, frame.at), strict=True):
            if face.box[3] >= _SMALLEST:
                seen[track.number].append((frame.number, face))
    for places in seen.values():
        for start in range(0, len(places) - _LEAST + 1, _FRAMES):
            part = places[start : start + _FRAMES]
            if len(part) >= _LEAST:
                yield _piece(part, size)


def _piece(part: list[tuple[int, Face]], size: tuple[int, int]) -> _Piece:
    boxes = np.array([face.box for _, face in part])
    reach = _MARGIN * boxes[:, 3].max()
    height, width = size
    left, top = (int(max(0, boxes[:, axis].min() - reach)) for axis in (0, 1))
    right = int(min(width, (boxes[:, 0] + boxes[:, 2]).max() + reach))
    bottom = int(min(height, (boxes[:, 1] + boxes[:, 3]).max() + reach))
    x, y, w, h = part[0][1].box
    landmarks = np.asarray(part[0][1].landmarks - np.array([left, top]), np.float32)
    return _Piece(
        frames=tuple(number for number, _ in part),
        rows=slice(top, bottom - (bottom - top) % 2),  # video codecs want even sides
        columns=slice(left, right - (right - left) % 2),
        face=Face((x - left, y - top, w, h), landmarks, 1.0),
    )
