"""What the team's pages call things, in the reader's language; amounts in euros, days in words."""

from datetime import date, datetime

from flask import Flask
from flask_babel import format_currency, format_date, format_decimal, gettext, lazy_gettext

from clienteling.errors import ClientelingError, UsageError
from clienteling.team.surprises import BudgetSpentError

#: Sentences of `clienteling.team` that a person may meet.
_PROBLEMS = {
    "Write something first.": lazy_gettext("Write something first."),
    "This names a customer, and nobody is named here. Tell it without the name: "
    "“a regular”, “a father with two children”.": lazy_gettext(
        "This names a customer, and nobody is named here. Tell it without the name: "
        "“a regular”, “a father with two children”."
    ),
    "Give the day on which it happened: today, or in the last month.": lazy_gettext(
        "Give the day on which it happened: today, or in the last month."
    ),
    "This story is no longer on the wall.": lazy_gettext("This story is no longer on the wall."),
    "This story is a colleague's. Ask them, or your manager.": lazy_gettext(
        "This story is a colleague's. Ask them, or your manager."
    ),
    "Say what it costs.": lazy_gettext("Say what it costs."),
    "You can take back a surprise of today that you noted yourself.": lazy_gettext(
        "You can take back a surprise of today that you noted yourself."
    ),
    "A compliment is for somebody else. Choose a colleague.": lazy_gettext(
        "A compliment is for somebody else. Choose a colleague."
    ),
    "Choose a colleague who works here.": lazy_gettext("Choose a colleague who works here."),
    "There are no bonuses here. Give the compliment without one.": lazy_gettext(
        "There are no bonuses here. Give the compliment without one."
    ),
    "You gave this month's bonus already. Give this compliment without one.": lazy_gettext(
        "You gave this month's bonus already. Give this compliment without one."
    ),
    "Choose a colleague from the list.": lazy_gettext("Choose a colleague from the list."),
    "Give an amount from 0 to 10,000 euros.": lazy_gettext(
        "Give an amount from 0 to 10,000 euros."
    ),
    "Give an amount in euros, for example 12.50.": lazy_gettext(
        "Give an amount in euros, for example 12.50."
    ),
    "There is no such person, or the access was ended already.": lazy_gettext(
        "There is no such person, or the access was ended already."
    ),
    "This is no longer here. Load the page again.": lazy_gettext(
        "This is no longer here. Load the page again."
    ),
}
_CENTS = 100
_EURO_DIGITS = 8


def problem_word(error: ClientelingError) -> str:
    """Return a refusal in the reader's language."""
    if isinstance(error, BudgetSpentError):
        return gettext(
            "This costs more than is left of your month: %(left)s. A new month begins on %(day)s; "
            "your manager can also set more.",
            left=euros(error.left_cents),
            day=day_word(error.renews_on),
        )
    if str(error).startswith("Say it in at most"):
        return gettext("This is too long. Say it shorter.")
    return str(_PROBLEMS.get(str(error), str(error)))


def euros(cents: int) -> str:
    """Return an amount as people write it."""
    return str(format_currency(cents / _CENTS, "EUR"))


def plain_euros(cents: int) -> str:
    """Return an amount as it stands in a field: without a sign."""
    return str(format_decimal(cents / _CENTS, "0.00"))


def cents_of(text: str) -> int:
    """Return what somebody typed as an amount in euros ("12", "12,50", "€ 12.50") in cents.

    Raises:
        UsageError: it is none.
    """
    digits = text.strip().removeprefix("€").strip().replace(",", ".")
    whole, _, part = digits.partition(".")
    if not (whole.isascii() and whole.isdecimal() and len(whole) <= _EURO_DIGITS):
        raise UsageError("Give an amount in euros, for example 12.50.")
    if part and not (part.isascii() and part.isdecimal() and len(part) <= 2):  # noqa: PLR2004
        raise UsageError("Give an amount in euros, for example 12.50.")
    return int(whole) * _CENTS + int(part.ljust(2, "0") if part else 0)


def day_word(day: date | str) -> str:
    """Return a day in words."""
    return str(
        format_date(date.fromisoformat(day[:10]) if isinstance(day, str) else day, "d MMMM yyyy")
    )


def weekday_word(day: date) -> str:
    """Return a day in words, with the day of the week."""
    return str(format_date(day, "EEEE d MMMM"))


def month_word(month: str) -> str:
    """Return a month ("2026-11") in words."""
    return str(format_date(datetime.strptime(month, "%Y-%m"), "LLLL yyyy"))  # noqa: DTZ007 - no moment


def init_words(app: Flask) -> None:
    """Teach the templates these words."""
    app.jinja_env.filters.update(
        euros=euros,
        plain_euros=plain_euros,
        day_word=day_word,
        weekday_word=weekday_word,
        month_word=month_word,
    )
