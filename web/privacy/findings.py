"""What a verification found, in the reader's language. An unknown sentence is shown as it is.

The sentences are those of `consent.log.verification`; a test holds the two together.
"""

import re

from flask_babel import lazy_gettext

_FIXED = {
    "There are entries with an index below zero.": lazy_gettext(
        "There are entries with an index below zero."
    ),
    "There is a checkpoint for an empty log.": lazy_gettext(
        "There is a checkpoint for an empty log."
    ),
    "The entry is missing.": lazy_gettext("The entry is missing."),
    "The entry's leaf does not say what its row says: altered or moved.": lazy_gettext(
        "The entry's leaf does not say what its row says: altered or moved."
    ),
    "The entry's detail was altered: it does not open the commitment.": lazy_gettext(
        "The entry's detail was altered: it does not open the commitment."
    ),
    "The entry's hash is missing from the tree.": lazy_gettext(
        "The entry's hash is missing from the tree."
    ),
    "The signed root does not fit this entry: it or its place was altered.": lazy_gettext(
        "The signed root does not fit this entry: it or its place was altered."
    ),
    "The entry's hash in the tree was altered.": lazy_gettext(
        "The entry's hash in the tree was altered."
    ),
    "The entry was altered.": lazy_gettext("The entry was altered."),
    "The checkpoint that signs for this entry is missing.": lazy_gettext(
        "The checkpoint that signs for this entry is missing."
    ),
    "The checkpoint that signs for this entry was altered.": lazy_gettext(
        "The checkpoint that signs for this entry was altered."
    ),
    "The checkpoint for this entry is not signed by this log's key.": lazy_gettext(
        "The checkpoint for this entry is not signed by this log's key."
    ),
    "The outside checkpoint is not signed by this log's key.": lazy_gettext(
        "The outside checkpoint is not signed by this log's key."
    ),
    "A witness cosigned this entry, and its checkpoint is no longer there.": lazy_gettext(
        "A witness cosigned this entry, and its checkpoint is no longer there."
    ),
    "A witness's cosignature does not fit the checkpoint of this entry.": lazy_gettext(
        "A witness's cosignature does not fit the checkpoint of this entry."
    ),
    "There is a hash in the tree for entries that do not exist.": lazy_gettext(
        "There is a hash in the tree for entries that do not exist."
    ),
    "The consent record of this entry is missing.": lazy_gettext(
        "The consent record of this entry is missing."
    ),
    "The consent records are not in the order of the log.": lazy_gettext(
        "The consent records are not in the order of the log."
    ),
    "The consent record is not the one that was logged.": lazy_gettext(
        "The consent record is not the one that was logged."
    ),
}

#: Sentences with numbers in them: how they are recognised, and how they are said.
_NUMBERED = (
    (
        re.compile(
            r"A hash in the tree over entries (?P<first>\d+) to (?P<last>\d+) was altered\."
        ),
        lazy_gettext("A hash in the tree over entries %(first)s to %(last)s was altered."),
    ),
    (
        re.compile(
            r"The hash in the tree over entries (?P<first>\d+) to (?P<last>\d+) is missing\."
        ),
        lazy_gettext("The hash in the tree over entries %(first)s to %(last)s is missing."),
    ),
    (
        re.compile(
            r"The log ends after (?P<size>\d+) entries, but an outside checkpoint covers "
            r"(?P<kept>\d+): entries \d+ to (?P<last>\d+) were cut off, "
            r"or an older copy was put back\."
        ),
        lazy_gettext(
            "The log ends after %(size)s entries, but an outside checkpoint covers %(kept)s: "
            "entries %(size)s to %(last)s were cut off, or an older copy was put back."
        ),
    ),
    (
        re.compile(
            r"The first (?P<kept>\d+) entries are not those that the outside checkpoint covers: "
            r"the log was rewritten\."
        ),
        lazy_gettext(
            "The first %(kept)s entries are not those that the outside checkpoint covers: the log "
            "was rewritten."
        ),
    ),
)


def finding_word(what: str) -> str:
    """Return a finding in the reader's language."""
    if what in _FIXED:
        return str(_FIXED[what])
    for pattern, words in _NUMBERED:
        found = pattern.fullmatch(what)
        if found is not None:
            return str(words) % found.groupdict()
    return what
