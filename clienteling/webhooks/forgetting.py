"""What was told goes after a week, sent or not; a secret goes when it signs no more."""

from datetime import timedelta

from sqlalchemy import ColumnElement, func, select, update

from clienteling.retention.records import count_over, delete_over
from clienteling.retention.rule import Ahead, after, before
from clienteling.webhooks.models import DeliveryRow, WebhookRow
from consent.clock import stamp
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
    """Remove deliveries that are over and return how many; secrets that sign no more go too."""
    _forget_secrets(office)
    return delete_over(office, "webhooks", DeliveryRow.id, _over(office), limit)


def _forget_secrets(office: Office) -> None:
    past = WebhookRow.old_until <= stamp(office.now())
    with office.databases.identity.read() as identity:
        if not count_over(identity, WebhookRow.id, past):
            return
    with office.databases.identity.write() as identity:
        identity.execute(update(WebhookRow).where(past).values(old_secret=None, old_until=None))


def _over(office: Office) -> ColumnElement[bool]:
    return DeliveryRow.at <= before(office, KEPT.days)
