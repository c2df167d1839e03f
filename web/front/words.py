"""What the health page calls the states of a camera, and what to do about each."""

from dataclasses import dataclass

from flask import Flask
from flask_babel import format_decimal, lazy_gettext


@dataclass(frozen=True, slots=True)
class Words:
    """A state's name, and a sentence of what to do; "" where nothing is to be done."""

    name: object
    todo: object = ""


#: By the wire's `SourceState`; and what an older camera or one that is away does not tell.
SOURCE = {
    "ok": Words(lazy_gettext("good")),
    "connecting": Words(lazy_gettext("connecting"), lazy_gettext("Wait a few seconds.")),
    "no_device": Words(
        lazy_gettext("no camera there"),
        lazy_gettext(
            "Plug the USB camera in, close other programs that use it, or give another number."
        ),
    ),
    "unreachable": Words(
        lazy_gettext("does not answer"),
        lazy_gettext("Check the address of the stream, the camera's power and its network."),
    ),
    "not_found": Words(
        lazy_gettext("wrong address"),
        lazy_gettext(
            "The camera answers, but has no such stream. Correct the path in its address."
        ),
    ),
    "refused": Words(
        lazy_gettext("refused"),
        lazy_gettext("The camera refuses the name or password. Correct them in the configuration."),
    ),
    "wrong_codec": Words(
        lazy_gettext("wrong format"),
        lazy_gettext("Set the camera to H.264, H.265 or Motion JPEG."),
    ),
    "no_pictures": Words(
        lazy_gettext("no pictures"),
        lazy_gettext(
            "Nothing comes from the camera. Check it, its cable and that nothing else uses it."
        ),
    ),
    "too_small": Words(
        lazy_gettext("too small"),
        lazy_gettext(
            "The pictures are too small to recognise anybody. Set the camera to 640 × 480 or more."
        ),
    ),
    "black": Words(
        lazy_gettext("black"),
        lazy_gettext(
            "The picture is black or of one colour. Check the lens cap, the light and the lens."
        ),
    ),
    "frozen": Words(
        lazy_gettext("frozen"),
        lazy_gettext(
            "The picture has not changed for a minute. Switch the camera off and on again."
        ),
    ),
    "unknown": Words("–"),
}

#: By the wire's `MatchingState`; `away`: nothing was heard of it for half a minute.
MATCHING = {
    "matching": Words(lazy_gettext("ready")),
    "stopped": Words(
        lazy_gettext("stopped"), lazy_gettext("The privacy officer stopped recognition here.")
    ),
    "no_gallery": Words(
        lazy_gettext("no templates yet"), lazy_gettext("Wait until the hub has sent them.")
    ),
    "lease_out": Words(
        lazy_gettext("out of touch"),
        lazy_gettext("It may not match without the hub. Check the network between the two."),
    ),
    "clock_off": Words(
        lazy_gettext("wrong clock"),
        lazy_gettext("Its clock differs from the hub's by more than 30 seconds. Set both by NTP."),
    ),
    "no_policy": Words(
        lazy_gettext("no policy"), lazy_gettext("Choose the shop's policy at the hub.")
    ),
    "no_lane": Words(
        lazy_gettext("no zone"), lazy_gettext("Mark the camera's zone under Devices and people.")
    ),
    "model_differs": Words(
        lazy_gettext("other model"),
        lazy_gettext("Set the same encoder in the camera's configuration as in the hub's."),
    ),
    "calibration_unfit": Words(
        lazy_gettext("not calibrated"),
        lazy_gettext("The calibration does not fit the model or the number of customers."),
    ),
    "calibration_unapproved": Words(
        lazy_gettext("calibration not approved"),
        lazy_gettext(
            "It has a calibration of its own. Propose it with `clienteling calibration propose`, "
            "and have a second person approve it."
        ),
    ),
    "log_rolled_back": Words(
        lazy_gettext("log went back"),
        lazy_gettext("The hub's log is shorter than it was. Tell the privacy officer."),
    ),
    "log_unproven": Words(
        lazy_gettext("log not proven"),
        lazy_gettext(
            "The hub's log does not prove that it only grew. Update the hub if it is older than "
            "the camera; else tell the privacy officer."
        ),
    ),
    "no_sign": Words(
        lazy_gettext("no sign"),
        lazy_gettext(
            "It does not look: nobody attested that its sign hangs, or too long ago. A manager "
            "does so under Devices and people, Cameras."
        ),
    ),
    "no_profile": Words(
        lazy_gettext("rules out of date"),
        lazy_gettext(
            "It does not look: the term of the rules that counsel signed is over. "
            "Ask counsel for new ones."
        ),
    ),
    "no_record": Words(
        lazy_gettext("papers out of date"),
        lazy_gettext(
            "It does not look: no record of processing was exported in the last year. The privacy "
            "officer does so under Papers."
        ),
    ),
    "hub_unwell": Words(
        lazy_gettext("hub is not well"),
        lazy_gettext(
            "It does not look: the hub's clock went back, or its log or a database fails. Set the "
            "clock, look at the disk, and run `clienteling log verify`."
        ),
    ),
    "ended": Words(lazy_gettext("ended"), lazy_gettext("Start the camera's service.")),
    "away": Words(
        lazy_gettext("away"),
        lazy_gettext("Nothing was heard of it for half a minute. Check its power and network."),
    ),
}


def init_words(app: Flask) -> None:
    """Teach the templates these words; a state that a later camera tells is shown as it came."""
    app.jinja_env.globals.update(
        rate=lambda fps: format_decimal(round(fps, 1)),
        source_words=lambda state: SOURCE.get(state, Words(state)),
        matching_words=lambda state: MATCHING.get(state, Words(state)),
    )
