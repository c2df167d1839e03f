"""Errors that a person may see. One root for clienteling, camera and web.

The message is a sentence for the person who must act; `exit_code` is what a command ends with
(2 usage, 3 refused by policy, 4 cannot start, 5 partly done).
"""


class ClientelingError(Exception):
    """Root. Something was asked that cannot be done; the message says what to do."""

    exit_code = 1


class UsageError(ClientelingError):
    """The command or its arguments are wrong."""

    exit_code = 2


class RefusedError(ClientelingError):
    """Policy, consent or the region's law refuses."""

    exit_code = 3


class StartError(ClientelingError):
    """A process cannot start as configured."""

    exit_code = 4


class PartlyDoneError(ClientelingError):
    """Some was done and kept; the message names the rest."""

    exit_code = 5
