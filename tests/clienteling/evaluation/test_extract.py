"""From files to vectors: who is taken for the person, and what is counted instead of crashing."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from clienteling.errors import ClientelingError
from clienteling.evaluation.dataset import Photo, read_photos
from clienteling.evaluation.extract import Reader, Reading, read_all
from clienteling.evaluation.intake import detection, failures, system_of
from clienteling.evaluation.scoring import cosine_to_mean
from clienteling.recognition.detect import Face
from clienteling.recognition.frames import Image
from clienteling.recognition.permit import for_files
from tests.support.faces import CountingEncoder, face_at, photo
from tests.support.measuring import photo_folder


class Faces:
    """Finds the same faces in every picture."""

    def __init__(self, *faces: Face) -> None:
        self._faces = faces

    def detect(self, image: Image, *, longest_side: int = 0) -> tuple[Face, ...]:
        del image, longest_side
        return self._faces


class Remembering(CountingEncoder):
    """Remembers whom it encoded; makes no vector of a face that is wider than 300."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Face] = []

    def _embed(self, image: Image, face: Face) -> np.ndarray:
        self.seen.append(face)
        if face.box[2] > 300:
            return np.full(4, np.nan, np.float32)
        return super()._embed(image, face)


def reader(encoder: CountingEncoder, *faces: Face) -> Reader:
    return Reader(for_files("test"), Faces(*faces), encoder, None)


@pytest.fixture
def one(tmp_path: Path) -> Photo:
    path = tmp_path / "a1.jpg"
    cv2.imwrite(str(path), photo("a1"))
    return Photo("A", path)


def test_the_person_is_the_face_that_is_large_and_near_the_middle(one: Photo) -> None:
    encoder = Remembering()
    middle, corner = face_at(220, 260, 130, 170), face_at(400, 20, 160, 190)

    reading = reader(encoder, corner, middle).read(one)

    assert encoder.seen == [middle]
    assert (reading.faces, reading.acquire) == (2, ())
    assert reading.enrol[0] == "several_faces"
    assert reading.vector == pytest.approx([0.6, 0.8, 0, 0])


def test_a_photograph_that_the_cameras_gate_refuses_is_not_encoded(one: Photo) -> None:
    encoder = Remembering()

    assert reader(encoder).read(one).acquire == ("no_face",)
    assert reader(encoder, face_at(270, 340, 30, 40)).read(one).acquire[0] == "too_far"
    assert encoder.meter.calls == 0


def test_what_is_no_picture_or_gives_no_vector_is_counted(one: Photo, tmp_path: Path) -> None:
    encoder = Remembering()
    (tmp_path / "text.jpg").write_text("no picture")
    wide = face_at(100, 100, 320, 420)

    unreadable = [
        reader(encoder, wide).read(Photo("A", tmp_path / name)) for name in ("text.jpg", "none.jpg")
    ]

    assert [(r.faces, r.acquire, r.enrol) for r in unreadable] == [
        (None, ("unreadable",), ("unreadable",))
    ] * 2
    assert reader(encoder, wide).read(one).acquire == ("no_vector",)


def test_only_people_with_a_vector_take_part_and_the_rest_is_counted() -> None:
    photos = [Photo(p, Path(f"{p}_{n}.jpg")) for p, n in (("A", 1), ("B", 1), ("B", 2), ("C", 1))]
    vector = np.array([1, 0], np.float32)
    readings = [
        Reading(2, (), ("several_faces", "blurred"), vector),
        Reading(1, (), (), vector),
        Reading(0, ("no_face",), ("no_face",), None),
        Reading(None, ("unreadable",), ("unreadable",), None),
    ]

    system, rows = system_of("s", cosine_to_mean, photos, [r.vector for r in readings])
    found = detection([reading.faces for reading in readings])
    failed = failures(photos, [reading.enrol for reading in readings])

    assert system.people == ("A", "B")
    assert rows == {"A/A_1": 0, "B/B_1": 1}
    assert (found.photographs, found.with_face, found.rate, found.several_faces) == (3, 2, 2 / 3, 1)
    assert (failed.photographs, failed.refused, failed.rate, failed.people) == (4, 3, 3 / 4, 2)
    assert failed.reasons == {"several_faces": 1, "no_face": 1, "unreadable": 1}


def fake_reader() -> Reader:
    """What a process of its own builds."""
    return reader(CountingEncoder(), face_at(220, 260, 130, 170))


def test_several_processes_give_the_same_in_the_same_order(tmp_path: Path) -> None:
    photos = read_photos(photo_folder(tmp_path / "people"))

    here = list(read_all(photos, fake_reader(), fake_reader, 1))
    there = list(read_all(photos, fake_reader(), fake_reader, 2))

    assert [r.acquire for r in here] == [r.acquire for r in there]
    assert [r.vector is None for r in here] == [r.vector is None for r in there]
    assert [r.acquire for r in here][-1] == ("unreadable",)


class Ending(Faces):
    """Ends its process, as the system does when memory runs out."""

    def detect(self, image: Image, *, longest_side: int = 0) -> tuple[Face, ...]:
        del image, longest_side
        os._exit(9)


def ending_reader() -> Reader:
    return Reader(for_files("test"), Ending(), CountingEncoder(), None)


def test_a_process_that_ends_is_a_sentence(tmp_path: Path) -> None:
    photos = read_photos(photo_folder(tmp_path / "people"))

    with pytest.raises(ClientelingError, match="for want of memory"):
        list(read_all(photos, fake_reader(), ending_reader, 2))
