"""When an answer is due: months by the calendar, as the law counts them.

GDPR 12(3): one month after receipt, extended by two further months where necessary. A month ends on
the same day of the next one, or on that month's last day if it has no such day (Regulation 1182/71,
article 3(2)(c)). A last day on a weekend or holiday would move to the next working day (article
3(4)); we do not use that, so what is on time here is on time everywhere.
"""

import calendar
from datetime import date, datetime

MONTHS = 1
EXTENDED_MONTHS = 3


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or that month's last day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return day.replace(
        year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1])
    )


def due_on(received_at: datetime, *, extended: bool = False) -> date:
    """Return the last day on which the answer is in time."""
    return add_months(received_at.date(), EXTENDED_MONTHS if extended else MONTHS)
