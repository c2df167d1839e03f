"""Errors of recognition that no single module owns."""

from clienteling.errors import ClientelingError


class RecognitionError(ClientelingError):
    """Recognition was given something that it cannot use; the message says what."""
