"""What a witness says when it does not cosign."""

from pathlib import Path

from clienteling.errors import ClientelingError, RefusedError


class HubAwayError(ClientelingError):
    """The hub does not answer, or not as a hub does; trying again later may help."""


class NotRegisteredError(ClientelingError):
    """The hub does not take this witness's cosignature."""


class ClockError(ClientelingError):
    """The clocks of hub and witness disagree, or ours went back: a cosignature's time would lie."""


class AlarmError(RefusedError):
    """The log is not one that only grew. Nothing was cosigned; both checkpoints are kept.

    Attributes:
        state: `fork`, `rolled_back`, `unproven` or `wrong_key`.
        evidence: The folder with what was held and what was offered.
    """

    def __init__(self, state: str, message: str, evidence: Path) -> None:
        super().__init__(message)
        self.state = state
        self.evidence = evidence
