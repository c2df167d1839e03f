"""What the public page and the officer's page say of retention: from the profile and the rules.

Nothing here is a number of its own: a changed profile changes the pages and the job together (R39).
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from clienteling.retention.models import RetentionRunRow
from clienteling.retention.rules import RULES
from consent.keeping import grace, kept, valid_days
from consent.office import Office
from consent.purposes import TERMS, Purpose, PurposeTerms
from consent.region.policy import RegionProfile

#: The profile's caps that no rule of their own keeps: others stay within them.
_CAPS = ("key_backup_days", "after_purpose_days", "last_interaction_days")


@dataclass(frozen=True, slots=True)
class PurposeLine:
    """One purpose on the public page.

    Attributes:
        bases: On what it rests, in the words of the law here.
        kept: Until when, as records say it.
        valid_days: After so many days the consent lapses; None: with the account.
    """

    purpose: Purpose
    terms: PurposeTerms
    bases: tuple[str, ...]
    kept: str
    valid_days: int | None


@dataclass(frozen=True, slots=True)
class KeptLine:
    """How long one kind of data stays, and who says so.

    Attributes:
        name: The rule's, or the cap's.
        source: The law or "design default"; empty: a design default of the program.
        confirm: To be confirmed by counsel.
    """

    name: str
    days: int
    source: str
    confirm: bool


@dataclass(frozen=True, slots=True)
class RuleState:
    """A rule as the officer sees it.

    Attributes:
        due: How many cases now.
        next_on: When the next one is over, if it is known.
        ran_at: When the rule last ran; None: never.
        removed: What it removed then.
    """

    line: KeptLine
    due: int
    next_on: date | None
    ran_at: str | None
    removed: int


def purposes(office: Office) -> tuple[PurposeLine, ...]:
    """Return every purpose that is offered here."""
    profile = office.profile
    return tuple(
        PurposeLine(
            purpose,
            TERMS[purpose],
            tuple(profile.bases[basis] for basis in TERMS[purpose].bases),
            kept(profile, purpose),
            valid_days(profile, purpose),
        )
        for purpose in (Purpose.ACCOUNT, *office.choices)
    )


def kept_lines(profile: RegionProfile) -> tuple[KeptLine, ...]:
    """Return how long everything of a customer stays, the caps of the region last."""
    rules = (
        _line(profile, rule.name, rule.days(profile), rule.source)
        for rule in RULES
        if not rule.staff
    )
    retention = profile.retention
    caps = (retention.key_backup, retention.after_purpose, retention.last_interaction)
    return (
        *rules,
        _line(profile, "grace", grace(profile).days, None),
        *(
            _line(profile, name, days, name)
            for name, days in zip(_CAPS, caps, strict=True)
            if days is not None
        ),
    )


def rule_states(office: Office) -> tuple[RuleState, ...]:
    """Return what each rule would do now, and what it did when it last ran."""
    with office.databases.identity.read() as identity:
        runs = {row.rule: row for row in identity.scalars(select(RetentionRunRow))}
    states = []
    for rule in RULES:
        ahead, last = rule.ahead(office), runs.get(rule.name)
        line = _line(office.profile, rule.name, rule.days(office.profile), rule.source)
        states.append(
            RuleState(
                line=line,
                due=ahead.due,
                next_on=ahead.next_on,
                ran_at=last.at if last else None,
                removed=last.removed if last else 0,
            )
        )
    return tuple(states)


def _line(profile: RegionProfile, name: str, days: int, source: str | None) -> KeptLine:
    found = next((rule for rule in profile.rules if rule.name == source), None)
    if found is None:
        return KeptLine(name, days, "", confirm=False)
    return KeptLine(name, days, found.source, found.confirm)
