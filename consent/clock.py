"""One notation for times, so that what is hashed is what is stored."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present time in UTC. Built once at the root and passed on as an argument."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """Return UTC ISO 8601 with microseconds and "Z"; sorts as text.

    Raises:
        ValueError: the time has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError("A time without a zone cannot be recorded.")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse(text: str) -> datetime:
    """Return the time that `stamp` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
