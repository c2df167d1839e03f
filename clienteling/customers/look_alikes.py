"""The look-alike check at enrolment: both people are warned, and neither learns who the other is.

Everybody's templates of the model are opened for one comparison, in locked memory, and overwritten.
What stays is one mark on each of the two, which the tablet turns into "ask for the name".
"""

import numpy as np
from numpy.typing import NDArray

from clienteling.customers.models import AliasRow
from clienteling.customers.templates import open_gallery, template_rows
from clienteling.recognition.engine import Engine
from clienteling.recognition.likeness import Likeness, Resemblance, resemblance
from consent.log.ledger import EventKind, append
from consent.office import Office
from consent.purposes import Purpose


def compare(
    office: Office,
    engine: Engine,
    subject_id: str,
    vector: NDArray[np.float32],
    purpose: Purpose = Purpose.RECOGNISE,
) -> Resemblance:
    """Compare a new template with those of its model and purpose, without the subject's own.

    Raises:
        SealError: a template in the database is damaged.
    """
    with office.databases.identity.read() as identity:
        own = [row.alias for row in template_rows(identity, subject_id)]
    gallery = open_gallery(office, engine.encoder.model_id, purpose=purpose)
    others = gallery.without(*own)
    try:
        return resemblance(vector, others, engine.calibration)
    finally:
        gallery.wipe()
        others.wipe()


def note(office: Office, subject_id: str, found: Resemblance) -> None:
    """Mark the other one too, and log that it was found: of whom, not like whom."""
    if found.likeness is Likeness.NONE:
        return
    with office.databases.identity.write() as identity:
        other = identity.get(AliasRow, found.alias)
        if other is not None:  # still a customer
            other.look_alike = True
        append(
            identity,
            office.ring,
            EventKind.LOOK_ALIKE_FOUND,
            actor="clienteling",
            about=subject_id,
            detail={"likeness": found.likeness.value},
            now=office.now(),
        )
