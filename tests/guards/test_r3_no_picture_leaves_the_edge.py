"""R3 on the wire: nothing that a camera can say to the hub holds a picture of anybody.

What comes nearest is the mosaic for the zone editor: 32 × 18 cells of 16 greys, faces painted out,
answered only to a request (docs/decisions/0088; that it is never sent unasked is shown in
`tests/camera/test_view.py` on the whole camera, and at the hub in `tests/web/manage`).
"""

import inspect
from collections.abc import Iterator
from typing import get_args

import pytest
from pydantic import BaseModel, ValidationError

from camera.hub import Hub
from clienteling.edge_protocol import (
    MOSAIC_CELLS,
    Ack,
    Health,
    Mosaic,
    PairRequest,
    SightingBatch,
    messages,
)

#: Everything that a camera sends, by the method of its one line to the hub that sends it.
SENT: dict[str, type[BaseModel] | None] = {
    "pair": PairRequest,
    "gallery": None,
    "sightings": SightingBatch,
    "ack": Ack,
    "health": Health,
    "mosaic": Mosaic,
    "events": None,
}
#: The fields of these that could hold bytes: keys, a nonce, and the cells.
BYTES = {"sign_public", "open_public", "nonce", "cells"}
#: No text that a camera sends is long enough to hide a picture in.
LONGEST_TEXT = 200


def fields(model: type[BaseModel]) -> Iterator[tuple[str, object, tuple[object, ...]]]:
    """Every field of a message and of what it contains: name, type, constraints."""
    for name, field in model.model_fields.items():
        yield name, field.annotation, tuple(field.metadata)
        for kind in (field.annotation, *_inner(field.annotation)):
            if inspect.isclass(kind) and issubclass(kind, BaseModel):
                yield from fields(kind)


def _inner(annotation: object) -> Iterator[object]:
    for kind in get_args(annotation):
        yield kind
        yield from _inner(kind)


def test_the_line_to_the_hub_sends_these_messages_and_no_others() -> None:
    public = {
        name
        for name, member in inspect.getmembers(Hub, inspect.isfunction)
        if not name.startswith("_")
    }
    assert public - {"sign_as", "interrupt", "close"} == SENT.keys()


@pytest.mark.parametrize("model", [model for model in SENT.values() if model is not None])
def test_no_message_of_a_camera_has_room_for_a_picture(model: type[BaseModel]) -> None:
    for name, kind, constraints in fields(model):
        limits = [getattr(item, "max_length", None) for item in constraints]
        longest = next((limit for limit in limits if limit is not None), None)
        if kind is bytes:
            assert name in BYTES
            assert longest is not None
            assert longest <= 4096
        elif kind is str:
            patterned = any(getattr(item, "pattern", None) for item in constraints)
            assert patterned or (longest is not None and longest <= LONGEST_TEXT), name


def test_a_mosaic_is_576_cells_of_16_greys_and_nothing_else() -> None:
    assert MOSAIC_CELLS == 32 * 18 == 576
    assert _mosaic(bytes([15]) * MOSAIC_CELLS).cells[0] == 15
    for cells in (bytes(MOSAIC_CELLS + 1), bytes(MOSAIC_CELLS - 1), bytes([16]) * MOSAIC_CELLS):
        with pytest.raises(ValidationError):
            _mosaic(cells)
    assert set(Mosaic.model_fields) == {"v", "view_id", "width", "height", "cells"}
    assert messages.MAX_REQUEST_BYTES == 64 * 1024


def _mosaic(cells: bytes) -> Mosaic:
    return Mosaic(view_id="v1", width=1920, height=1080, cells=cells)
