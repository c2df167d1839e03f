"""The retention job after a test moved the shop's clock: somebody said that it is right."""

from clienteling.retention import job
from clienteling.retention.clock import clock_doubt, confirm
from consent.office import Office


def run(office: Office) -> dict[str, int]:
    """As `job.run`, of a shop that had been closed until now."""
    _believe(office)
    return job.run(office)


def sweep(office: Office) -> int:
    """As `job.sweep`, likewise."""
    return sum(run(office).values())


def _believe(office: Office) -> None:
    if clock_doubt(office) is not None:
        confirm(office, by="a test", actor="test")
