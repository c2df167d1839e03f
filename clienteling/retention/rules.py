"""Every rule by which data goes without anybody asking (R39). The order is that of a run.

The numbers are the profile's. Some are ours, because no profile speaks of them: words of strangers
(180 days), service requests (two years, of strangers 90 days after they close), answers to tills
(a day), what was told to other systems (a week), entries of staff's lists (90 days after their
day), pairing codes (at once), leftovers of a process that died (at once), and what the team keeps
about itself (`clienteling.team.terms`).
"""

from clienteling.retention import consents, leftovers, proof, records
from clienteling.retention.rule import Ahead, Rule, note_swept
from clienteling.retention.team import TEAM_RULES
from clienteling.service.helpbar.forgetting import (
    KEPT,
    STRANGERS_KEPT,
    forget_old,
    forget_strangers,
    old_requests,
    old_strangers,
)
from clienteling.till.idempotency import answers_ahead, forget_answers
from clienteling.webhooks.forgetting import KEPT as KEPT_TOLD
from clienteling.webhooks.forgetting import deliveries_ahead, forget_deliveries
from consent.office import Office
from consent.rights.request_forgetting import TEXT_KEPT, forget_texts, old_texts


def _texts(office: Office, limit: int) -> int:
    removed = forget_texts(office, limit)
    note_swept(office, "texts", removed)
    return removed


def _texts_ahead(office: Office) -> Ahead:
    with office.databases.identity.read() as identity:
        return Ahead(len(old_texts(identity, office.now())), None)


def _help(office: Office, limit: int) -> int:
    removed = forget_old(office, limit)
    note_swept(office, "help", removed)
    return removed


def _help_of_strangers(office: Office, limit: int) -> int:
    removed = forget_strangers(office, limit)
    note_swept(office, "help_strangers", removed)
    return removed


RULES: tuple[Rule, ...] = (
    Rule(
        "lapsed",
        lambda profile: profile.consent_days,
        "consent_days",
        consents.lapsed_ahead,
        consents.end_lapsed,
        batch=1,
    ),
    Rule(
        "unused",
        lambda profile: profile.retention.recognise_unused,
        "recognise_unused_days",
        consents.unused_ahead,
        consents.end_unused,
        batch=1,
    ),
    Rule(
        "visits",
        lambda profile: profile.retention.visits,
        "visits_days",
        records.visits_ahead,
        records.forget_visits,
    ),
    Rule("intents", lambda _profile: 0, None, records.intents_ahead, records.forget_intents),
    Rule(
        "purchases",
        lambda profile: profile.retention.purchases,
        "purchases_days",
        records.purchases_ahead,
        records.forget_purchases,
    ),
    Rule(
        "lists",
        lambda _profile: records.LISTED_DAYS,
        None,
        records.listed_ahead,
        records.forget_listed,
    ),
    Rule(
        "reads",
        lambda profile: profile.retention.access_log,
        "access_log_days",
        records.reads_ahead,
        records.unlink_reads,
    ),
    Rule(
        "acts",
        lambda profile: profile.retention.proof,
        "proof_days",
        records.acts_ahead,
        records.unlink_acts,
    ),
    Rule(
        "proof",
        lambda profile: profile.retention.proof,
        "proof_days",
        proof.proof_ahead,
        proof.forget_proof,
        batch=50,
    ),
    Rule(
        "requests",
        lambda profile: profile.retention.proof,
        "proof_days",
        records.requests_ahead,
        records.forget_requests,
    ),
    Rule("texts", lambda _profile: TEXT_KEPT.days, None, _texts_ahead, _texts),
    Rule(
        "help",
        lambda _profile: KEPT.days,
        None,
        lambda office: Ahead(len(old_requests(office)), None),
        _help,
    ),
    Rule(
        "help_strangers",
        lambda _profile: STRANGERS_KEPT.days,
        None,
        lambda office: Ahead(len(old_strangers(office)), None),
        _help_of_strangers,
    ),
    Rule(
        "approvals",
        lambda profile: profile.retention.access_log,
        "access_log_days",
        records.approvals_ahead,
        records.forget_approvals,
    ),
    Rule("answers", lambda _profile: 1, None, answers_ahead, forget_answers),
    Rule("webhooks", lambda _profile: KEPT_TOLD.days, None, deliveries_ahead, forget_deliveries),
    *TEAM_RULES,
    Rule("codes", lambda _profile: 0, None, records.codes_ahead, records.forget_codes),
    Rule(
        "leftovers",
        lambda _profile: 0,
        None,
        leftovers.leftovers_ahead,
        leftovers.forget_leftovers,
    ),
)
