"""Errors of the consent package. One root; each message says what to do."""


class ConsentError(Exception):
    """Root of everything that the consent package raises."""


class ConsentMissingError(ConsentError):
    """No standing grant for this subject and purpose: nothing personal may be read or made."""


class NoticeError(ConsentError):
    """The notice named is unknown, altered or no longer current."""


class PolicyRefusedError(ConsentError):
    """The region profile does not allow this, or a paper that it asks for is missing."""


class KeyUnavailableError(ConsentError):
    """The key is destroyed, was never made, or the key store cannot be opened."""


class KeyDamagedError(KeyUnavailableError):
    """The key is there and does not open: what it sealed cannot be read."""


class SealError(ConsentError):
    """Sealed bytes are damaged, were moved, or belong to another subject, purpose or key."""


class LedgerError(ConsentError):
    """The log cannot be written or does not hold together."""


class ClockWentBackError(LedgerError):
    """The clock is behind the log's newest entry: nothing is recorded."""


class WitnessError(ConsentError):
    """A witness, its key or its cosignature is not one that this log knows."""


class ReceiptError(ConsentError):
    """A receipt or its withdrawal code is unknown, altered or from another shop."""


class SubjectUnknownError(ConsentError):
    """No such data subject here (never enrolled, or erased)."""


class StorageError(ConsentError):
    """A database is full, locked, read-only or missing; nothing was half written."""
