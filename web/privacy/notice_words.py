"""What is to be mended in a draft of the shop's own texts, in the reader's language."""

from flask_babel import gettext, lazy_gettext

from consent.drafts import Flaw, FlawCode

_SENTENCES = {
    FlawCode.NO_SHEET: lazy_gettext(
        "It is missing, or is not TOML with version, base and changed. Write it anew."
    ),
    FlawCode.BAD_NAME: lazy_gettext(
        "version must begin with shop-, then small letters and digits. Rename it."
    ),
    FlawCode.TAKEN: lazy_gettext("Version %(one)s was published already. Choose another name."),
    FlawCode.NOT_CURRENT_BASE: lazy_gettext("base must be the texts that are shown now: %(one)s."),
    FlawCode.UNKNOWN_PURPOSE: lazy_gettext(
        "changed names %(one)s, which is no purpose. Take it out or correct it."
    ),
    FlawCode.NO_TEXTS: lazy_gettext("It holds no text. Put at least one in nl/ and in en/."),
    FlawCode.UNKNOWN_FILE: lazy_gettext(
        "It is no text that is shown here. Rename or remove it. Known: %(one)s."
    ),
    FlawCode.ONE_LANGUAGE: lazy_gettext("It is missing. A text is published in both languages."),
    FlawCode.NOT_TEXT: lazy_gettext("It is not UTF-8 text. Save it as UTF-8."),
    FlawCode.NO_TITLE: lazy_gettext("It must begin with a title: # and a few words."),
    FlawCode.LONG_TITLE: lazy_gettext("Its title has more than %(one)s letters. Shorten it."),
    FlawCode.TOO_SHORT: lazy_gettext(
        "It is shorter than %(one)s letters: too short to say what the law asks for."
    ),
    FlawCode.TOO_LONG: lazy_gettext(
        "It is longer than %(one)s letters. Nobody reads that at a kiosk: shorten it."
    ),
    FlawCode.MARKUP: lazy_gettext(
        "The kiosk does not show this sign: %(one)s Only paragraphs, lists with - and **bold** are."
    ),
    FlawCode.PLACEHOLDER: lazy_gettext(
        "Something is still to be filled in: %(one)s. Write the words."
    ),
    FlawCode.LACKS: lazy_gettext("It must say %(one)s. For example: %(two)s."),
}

_NEEDS = {
    "who is responsible": lazy_gettext("who is responsible"),
    "where to complain": lazy_gettext("where to complain"),
    "how to have everything erased": lazy_gettext("how to have everything erased"),
    "how to withdraw": lazy_gettext("how to withdraw"),
    "that no reason is needed": lazy_gettext("that no reason is needed"),
    "that a no costs nothing": lazy_gettext("that a no costs nothing"),
    "the way without a face": lazy_gettext("the way without a face"),
    "that nobody pays with the face": lazy_gettext("that nobody pays with the face"),
    "how long the consent counts": lazy_gettext("how long the consent counts"),
    "how long a visit is kept": lazy_gettext("how long a visit is kept"),
    "how long a purchase is kept": lazy_gettext("how long a purchase is kept"),
}


def flaw(found: Flaw) -> tuple[str, str]:
    """Return where a flaw is, and what to do about it."""
    where = found.file
    if found.line:
        where = gettext("%(file)s, line %(line)s", file=found.file, line=found.line)
    one, two, *_ = (*found.values, "", "")
    if found.code is FlawCode.LACKS:
        one = str(_NEEDS[one])
    return where, str(_SENTENCES[found.code]) % {"one": one, "two": two}
