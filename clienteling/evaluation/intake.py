"""From what became of each photograph to who takes part in the measurement, and who does not."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from clienteling.evaluation.dataset import Photo
from clienteling.evaluation.results import Detection, Failures
from clienteling.evaluation.scoring import Score, System, Vectors


def system_of(
    name: str, score: Score, photos: Sequence[Photo], vectors: Sequence[Vectors | None]
) -> tuple[System, dict[str, int]]:
    """Who has vectors, and the row of each photograph's by `<person>/<file without ending>`."""
    usable = [(photo, v) for photo, v in zip(photos, vectors, strict=True) if v is not None]
    rows = {f"{p.person}/{p.path.stem}": row for row, (p, _) in enumerate(usable)}
    by_person: dict[str, list[int]] = {}
    for row, (photo, _) in enumerate(usable):
        by_person.setdefault(photo.person, []).append(row)
    table = np.stack([v for _, v in usable]) if usable else np.empty((0, 0), np.float32)
    photographs = tuple(np.array(own, np.int64) for own in by_person.values())
    return System(name, score, table, tuple(by_person), photographs), rows


def detection(faces: Sequence[int | None]) -> Detection:
    """How many of the pictures show a face, from the number in each; None is no picture."""
    known = [count for count in faces if count is not None]
    found = sum(count > 0 for count in known)
    return Detection(
        photographs=len(known),
        with_face=found,
        rate=found / len(known) if known else None,
        several_faces=sum(count > 1 for count in known),
    )


def failures(photos: Sequence[Photo], codes: Sequence[tuple[str, ...]]) -> Failures:
    """Photographs with a reason against them, counted by the most important one."""
    refused = [reasons[0] for reasons in codes if reasons]
    passed = {photo.person for photo, reasons in zip(photos, codes, strict=True) if not reasons}
    return Failures(
        photographs=len(photos),
        refused=len(refused),
        rate=len(refused) / len(photos),
        reasons={str(reason): count for reason, count in Counter(refused).most_common()},
        people=len({photo.person for photo in photos} - passed),
    )
