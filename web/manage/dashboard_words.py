"""What the dashboard calls its measures, and what each is exactly (docs/managers/figures.md)."""

from flask_babel import lazy_gettext

from clienteling.service.dashboard import Measure, Span, Unit

SPANS = {
    Span.DAY: lazy_gettext("By day"),
    Span.WEEK: lazy_gettext("By week"),
    Span.MONTH: lazy_gettext("By month"),
}

UNIT_WORDS = {
    Unit.TIMES: lazy_gettext("times"),
    Unit.PER_DAY: lazy_gettext("a day"),
    Unit.PERCENT: lazy_gettext("percent"),
    Unit.SECONDS: lazy_gettext("seconds, on average"),
    Unit.EUROS: lazy_gettext("euros"),
}
#: What stands beside a number on the page, where its sign does not say it all.
BESIDE = {
    Unit.TIMES: lazy_gettext("times"),
    Unit.PER_DAY: lazy_gettext("a day"),
    Unit.SECONDS: lazy_gettext("on average"),
}
UNIT_SIGNS = {
    Unit.TIMES: "",
    Unit.PER_DAY: "",
    Unit.PERCENT: "%",
    Unit.SECONDS: "s",
    Unit.EUROS: "€",
}

NAMES = {
    Measure.RECOGNISED: lazy_gettext("Recognised"),
    Measure.GREETED: lazy_gettext("Greeted within a minute"),
    Measure.HELPED: lazy_gettext("Service requests"),
    Measure.SOLVED: lazy_gettext("Solved"),
    Measure.DELIGHTED: lazy_gettext("Delighted"),
    Measure.CAME_BACK: lazy_gettext("Came back"),
    Measure.SUGGESTIONS: lazy_gettext("Suggestions liked"),
    Measure.SURPRISES: lazy_gettext("Surprises"),
    Measure.OPT_IN: lazy_gettext("Chose to be recognised"),
    Measure.FALSE_GREETINGS: lazy_gettext("Not this person"),
    Measure.ENROLMENT: lazy_gettext("Joining"),
    Measure.WITHDRAWAL: lazy_gettext("Withdrawing"),
}

EXPLAINED = {
    Measure.RECOGNISED: lazy_gettext(
        "Arrivals of customers that a camera announced on the tablets."
    ),
    Measure.GREETED: lazy_gettext(
        "Of these arrivals: on which staff pressed “greeted” within a minute."
    ),
    Measure.HELPED: lazy_gettext("Service requests that were taken in."),
    Measure.SOLVED: lazy_gettext("Service requests closed as done, less those taken up again."),
    Measure.DELIGHTED: lazy_gettext("Of the answers to the question after a visit."),
    Measure.CAME_BACK: lazy_gettext(
        "Of the customers who want visits kept and were here: who was here on an earlier day too. "
        "Each counts once a day."
    ),
    Measure.SUGGESTIONS: lazy_gettext("Suggestions of which a customer said that they like them."),
    Measure.SURPRISES: lazy_gettext("What the team spent on surprises, all together."),
    Measure.OPT_IN: lazy_gettext(
        "Of those who made an account at the kiosk: who chose to be recognised by face."
    ),
    Measure.FALSE_GREETINGS: lazy_gettext(
        "How often staff said “not this person” of a customer that a camera announced."
    ),
    Measure.ENROLMENT: lazy_gettext(
        "From the first question at the kiosk until the face template was made."
    ),
    Measure.WITHDRAWAL: lazy_gettext(
        "From a withdrawal until the last copy was gone, also from the cameras."
    ),
}
