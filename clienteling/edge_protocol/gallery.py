"""The gallery on the wire: sealed templates for one device, and what each is bound to."""

from typing import Annotated

import rfc8785
from pydantic import AwareDatetime, Field

from clienteling.edge_protocol.messages import Count, EdgePolicy, Identifier, Message, Wire


class GalleryEntry(Wire):
    """One template, sealed under the reply's content key with `gallery_aad`.

    The plaintext is the vector as little-endian float32, L2-normalised; `images` says how many
    enrolment images are behind it (the threshold depends on it), `stricter` by how many steps a
    match must be further above the threshold (three steps are the calibration's margin).
    """

    alias: Identifier
    sealed: Annotated[bytes, Field(min_length=28, max_length=16_384)]
    images: Annotated[int, Field(ge=1, le=1000)] = 1
    stricter: Annotated[int, Field(ge=0, le=3)] = 0


class PassEntry(Wire):
    """A template that only its pass opens, sealed once more under the reply's content key.

    The associated data is `gallery_aad` followed by the binding. What is inside is still sealed
    for its holder: the camera keeps it closed until the pass is shown. `binding` is what the
    holder's seal is bound to. Only under the policy `pass`.
    """

    alias: Identifier
    model_id: Identifier
    binding: Annotated[bytes, Field(min_length=32, max_length=32)]
    sealed: Annotated[bytes, Field(min_length=56, max_length=16_384)]
    images: Annotated[int, Field(ge=1, le=1000)] = 1
    stricter: Annotated[int, Field(ge=0, le=3)] = 0


#: SHA-256 of a subtree of the log.
Hash = Annotated[bytes, Field(min_length=32, max_length=32)]

Entries = Annotated[tuple[GalleryEntry, ...], Field(max_length=100_000)]


#: The seed of the store's rotation, 32 bytes sealed under the content key with `turn_aad`.
SealedTurn = Annotated[bytes, Field(min_length=60, max_length=60)]


class OlderGallery(Wire):
    """Templates of an encoder that the shop used before, sealed like the others."""

    model_id: Identifier
    entries: Entries
    turn: SealedTurn | None = None


class GalleryReply(Message):
    """The store's consented gallery for this one device, until the lease ends.

    Templates are kept in the store's own rotation (R23): the camera turns a probe by `turn` before
    it compares; None: they are as the encoder made them, or there are none.
    Under the policy `pass` there are `passes` and nothing else: no camera holds an open template.
    A camera that does not know the encoder of an older gallery leaves it sealed.
    `content_key` is 32 bytes wrapped by HPKE to the device's key with `gallery_info` as info.
    `checkpoint` is the text of the log's newest signed note. `consistency` proves that its log
    begins with the one of the size that was asked with (`?log=`); without that question, or where
    the log is shorter, there is none. When recognition is stopped,
    `stopped` is true and `entries` is empty.
    """

    version: Count
    model_id: Identifier
    issued_at: AwareDatetime
    lease_until: AwareDatetime
    content_key: Annotated[bytes, Field(min_length=32, max_length=4096)]
    entries: Entries
    turn: SealedTurn | None = None
    older: Annotated[tuple[OlderGallery, ...], Field(max_length=4)] = ()
    passes: Annotated[tuple[PassEntry, ...], Field(max_length=100_000)] = ()
    stopped: bool
    policy: EdgePolicy
    checkpoint: Annotated[str, Field(max_length=4096)]
    consistency: Annotated[tuple[Hash, ...], Field(max_length=64)] | None = None


def gallery_info(device_id: str, version: int) -> bytes:
    """Return HPKE's info for the content key: it opens for this device and version only."""
    return rfc8785.dumps(["clienteling-gallery-key-v1", device_id, version])


def turn_aad(device_id: str, version: int, model_id: str) -> bytes:
    """Return the associated data of a gallery's `turn`."""
    return rfc8785.dumps(["clienteling-gallery-turn-v1", device_id, version, model_id])


def gallery_aad(
    device_id: str, version: int, alias: str, model_id: str, images: int, stricter: int
) -> bytes:
    """Return the associated data of one entry: a sealed template cannot be moved or renamed.

    It is RFC 8785 JSON, put together by hand because a box opens 100,000 of them: an `Identifier`
    needs no escapes, and an integer has one form.
    """
    return (
        f'["clienteling-gallery-v1","{device_id}",{version},"{alias}","{model_id}",'
        f"{images},{stricter}]"
    ).encode()
