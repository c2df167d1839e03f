"""What was told goes after a week, and what was not to be told any more."""

from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from clienteling.retention.records import count_over, delete_over
from clienteling.retention.rule import Ahead, after, before
from clienteling.webhooks.models import DeliveryRow
from consent.office import Office

#: Longer than until the last try; what is older cannot be sent again either.
KEPT = timedelta(days=7)


def deliveries_ahead(office: Office) -> Ahead:
    """Count the deliveries that are over, and say when the next one is."""
    with office.databases.identity.read() as identity:
        due = count_over(identity, DeliveryRow.id, _over(office))
        first = identity.scalar(select(func.min(DeliveryRow.at)))
    return Ahead(due, after(first, KEPT.days))


def forget_deliveries(office: Office, limit: int) -> int:
    """Remove deliveries that are over, sent or not."""
    return delete_over(office, "webhooks", DeliveryRow.id, _over(office), limit)


def _over(office: Office) -> ColumnElement[bool]:
    return DeliveryRow.at <= before(office, KEPT.days)
