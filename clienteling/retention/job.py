"""The retention job: runs every rule, batch by batch, and remembers that it ran.

The hub's watcher takes a few batches between its other work; the command runs them all. Killed
anywhere, the next run goes on: a rule only ever removes what is still due. Under a clock that may
have jumped nothing is removed at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from clienteling.customers.renewal import carry_on
from clienteling.customers.tightening import relax
from clienteling.retention.clock import believe
from clienteling.retention.models import RetentionRunRow
from clienteling.retention.rule import Rule
from clienteling.retention.rules import RULES
from consent.clock import stamp
from consent.errors import ConsentError
from consent.office import Office


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch of one rule removed."""

    rule: str
    removed: int


def sweep(office: Office) -> int:
    """Run every rule to its end; returns how many cases were removed.

    Raises:
        ConsentError: a rule could not finish; the others ran.
        ClockDoubtedError: the clock may have jumped; nothing was removed.
    """
    return sum(batch.removed for batch in batches(office))


def run(office: Office) -> dict[str, int]:
    """As `sweep`; returns how many cases each rule removed."""
    removed = {rule.name: 0 for rule in RULES}
    for batch in batches(office):
        removed[batch.rule] += batch.removed
    return removed


def batches(office: Office) -> Iterator[Batch]:
    """Run every rule, and stop after each batch until asked to go on.

    Raises:
        ConsentError: a rule could not finish; the others ran.
        ClockDoubtedError: the clock may have jumped; nothing was removed.
    """
    believe(office)
    failure: ConsentError | None = None
    anything = relax(office)
    carry_on(office)  # a renewal of the templates that a dead process left
    for rule in RULES:
        removed = 0
        try:
            for batch in _run(office, rule):
                removed += batch.removed
                yield batch
            _remember(office, rule, removed)
        except ConsentError as error:
            failure = failure or error
        anything += removed
    if anything:
        _scrub(office)
    if failure is not None:
        raise failure


def _run(office: Office, rule: Rule) -> Iterator[Batch]:
    removed = rule.batch
    while removed >= rule.batch:
        removed = rule.sweep(office, rule.batch)
        office.after_step(f"retention:{rule.name}")
        yield Batch(rule.name, removed)


def _remember(office: Office, rule: Rule, removed: int) -> None:
    with office.databases.identity.write() as identity:
        identity.merge(RetentionRunRow(rule=rule.name, at=stamp(office.now()), removed=removed))


def _scrub(office: Office) -> None:
    """Leave no old page behind in the files, as erasing does; a reader may make it wait a run."""
    databases = office.databases
    for database in (databases.identity, databases.templates, databases.keys):
        database.scrub()
