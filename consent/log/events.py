"""The whole audit vocabulary: every kind of entry that the log may hold."""

from enum import StrEnum


class EventKind(StrEnum):
    """What happened. Names are stable: they are hashed into the log."""

    CONSENT_GIVEN = "consent.given"
    CONSENT_REFUSED = "consent.refused"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    CONSENT_EXPIRED = "consent.expired"
    RECEIPT_ISSUED = "receipt.issued"
    WITHDRAWAL_COMPLETED = "withdrawal.completed"
    ERASURE_OPENED = "erasure.opened"
    ERASURE_COMPLETED = "erasure.completed"
    CORRECTION = "correction"
    RESTRICTION_SET = "restriction.set"
    RESTRICTION_TOLD = "restriction.told"
    RESTRICTION_LIFTED = "restriction.lifted"

    REQUEST_RECEIVED = "request.received"
    REQUEST_CHANGED = "request.changed"
    REQUEST_READ = "request.read"
    REQUEST_ANSWERED = "request.answered"
    EXPORT_MADE = "export.made"
    BREACH_QUERIED = "breach.queried"

    CUSTOMERS_IMPORTED = "customers.imported"
    CUSTOMERS_MERGED = "customers.merged"
    CUSTOMER_DEPERSONALISED = "customer.depersonalised"
    ENROLMENT_OPENED = "enrolment.opened"
    ENROLMENT_CLOSED = "enrolment.closed"
    TEMPLATE_MADE = "template.made"
    TEMPLATE_REMOVED = "template.removed"
    TEMPLATE_TIGHTENED = "template.tightened"
    TEMPLATES_RENEWED = "templates.renewed"
    TEMPLATE_RELAXED = "template.relaxed"
    NEW_PASS_ALLOWED = "new_pass.allowed"  # noqa: S105  # no secret
    NEW_PASS_BEGUN = "new_pass.begun"  # noqa: S105
    LOOK_ALIKE_FOUND = "look_alike.found"
    GALLERY_SENT = "gallery.sent"
    KEY_CREATED = "key.created"
    KEY_DESTROYED = "key.destroyed"
    KEY_ROTATION_OPENED = "key.rotation_opened"
    KEY_ROTATED = "key.rotated"

    PROFILE_READ = "profile.read"
    ALLERGIES_READ = "allergies.read"
    CARD_READ = "card.read"
    SUGGESTIONS_READ = "suggestions.read"
    CUSTOMER_SEARCHED = "customer.searched"
    REPLAY_READ = "replay.read"

    RECORD_KEPT = "record.kept"
    RECORD_CHANGED = "record.changed"
    RECORD_REMOVED = "record.removed"
    CHOICES_CHANGED = "choices.changed"

    TILL_ATTACHED = "till.attached"
    ARRIVAL_ANNOUNCED = "arrival.announced"
    ARRIVAL_CLAIMED = "arrival.claimed"
    ARRIVAL_RELEASED = "arrival.released"
    ARRIVAL_GREETED = "arrival.greeted"
    ARRIVAL_CONFIRMED = "arrival.confirmed"
    ARRIVAL_DISMISSED = "arrival.dismissed"
    SIGHTING_REFUSED = "sighting.refused"

    HELP_OPENED = "help.opened"
    HELP_READ = "help.read"
    HELP_CHANGED = "help.changed"
    HELP_FORGOTTEN = "help.forgotten"
    SMILE_ASKED = "smile.asked"

    RECOGNITION_STOPPED = "recognition.stopped"
    RECOGNITION_RESUMED = "recognition.resumed"
    APPROVAL_ASKED = "approval.asked"
    APPROVAL_GIVEN = "approval.given"
    APPROVAL_REFUSED = "approval.refused"
    APPROVAL_USED = "approval.used"
    POLICY_CHANGED = "policy.changed"
    NOTICE_PUBLISHED = "notice.published"
    STORE_OPENED = "store.opened"

    ZONE_CHANGED = "zone.changed"
    VIEW_OPENED = "view.opened"
    SIGN_ATTESTED = "sign.attested"
    PAPER_EXPORTED = "paper.exported"
    REPORT_PUBLISHED = "report.published"
    WEBHOOK_ADDED = "webhook.added"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_REMOVED = "webhook.removed"

    ALLERGENS_DECLARED = "allergens.declared"
    SURPRISE_SPENT = "surprise.spent"
    TEAM_CHANGED = "team.changed"
    HUDDLE_READ = "huddle.read"
    LEARNING_READ = "learning.read"

    DEVICE_PAIRED = "device.paired"
    DEVICE_REVOKED = "device.revoked"
    USER_CREATED = "user.created"
    USER_CHANGED = "user.changed"
    SIGNIN_OK = "signin.ok"
    SIGNIN_FAILED = "signin.failed"
    SIGNOUT = "signout"

    BACKUP_MADE = "backup.made"
    LOG_RESTORED = "log.restored"
    RETENTION_SWEPT = "retention.swept"
    CLOCK_CONFIRMED = "clock.confirmed"
    LOG_VERIFIED = "log.verified"
    LOG_SEARCHED = "log.searched"
    WITNESS_ADDED = "witness.added"
    WITNESS_REMOVED = "witness.removed"


#: Entries after which the gallery that the edges hold is another one. Its version is the index of
#: the newest of them (`ledger.gallery_version`): whoever acknowledged a version of at least an
#: entry's index knows of that entry.
GALLERY_KINDS: frozenset[EventKind] = frozenset(
    {
        EventKind.CONSENT_WITHDRAWN,
        EventKind.CONSENT_EXPIRED,
        EventKind.TEMPLATE_MADE,
        EventKind.TEMPLATE_REMOVED,
        EventKind.TEMPLATE_TIGHTENED,
        # Every camera then takes its gallery anew, under a new content key.
        EventKind.KEY_ROTATED,
        EventKind.TEMPLATE_RELAXED,
        EventKind.RESTRICTION_SET,
        EventKind.RESTRICTION_LIFTED,
        EventKind.TEMPLATES_RENEWED,
        # Other texts, or another way of recognising: an earlier consent may not cover it.
        EventKind.NOTICE_PUBLISHED,
        EventKind.POLICY_CHANGED,
    }
)

#: Who read what, who came when, who signed in: after the region's `access_log` days nobody can tell
#: any more (R47); that it happened stays in the log.
READ_KINDS: frozenset[EventKind] = frozenset(
    {
        EventKind.PROFILE_READ,
        EventKind.ALLERGIES_READ,
        EventKind.CARD_READ,
        EventKind.SUGGESTIONS_READ,
        EventKind.CUSTOMER_SEARCHED,
        EventKind.REPLAY_READ,
        EventKind.REQUEST_READ,
        EventKind.HELP_READ,
        EventKind.SMILE_ASKED,
        EventKind.HUDDLE_READ,
        EventKind.LEARNING_READ,
        EventKind.LOG_SEARCHED,
        EventKind.VIEW_OPENED,
        EventKind.TILL_ATTACHED,
        EventKind.ARRIVAL_ANNOUNCED,
        EventKind.ARRIVAL_CLAIMED,
        EventKind.ARRIVAL_RELEASED,
        EventKind.ARRIVAL_GREETED,
        EventKind.ARRIVAL_CONFIRMED,
        EventKind.ARRIVAL_DISMISSED,
        EventKind.TEMPLATE_TIGHTENED,
        EventKind.TEMPLATE_RELAXED,
        EventKind.SIGHTING_REFUSED,
        EventKind.SIGNIN_OK,
        EventKind.SIGNIN_FAILED,
        EventKind.SIGNOUT,
    }
)

#: Proof of what was consented to, asked for and ended: kept, pseudonymous, after an erasure.
PROOF_KINDS: frozenset[EventKind] = frozenset(
    {
        EventKind.CONSENT_GIVEN,
        EventKind.CONSENT_REFUSED,
        EventKind.CONSENT_WITHDRAWN,
        EventKind.CONSENT_EXPIRED,
        EventKind.RECEIPT_ISSUED,
        EventKind.WITHDRAWAL_COMPLETED,
        EventKind.ERASURE_OPENED,
        EventKind.ERASURE_COMPLETED,
        EventKind.TEMPLATE_MADE,
        EventKind.TEMPLATE_REMOVED,
        EventKind.REQUEST_RECEIVED,
        EventKind.REQUEST_ANSWERED,
    }
)
