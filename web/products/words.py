"""What the pages of products say, in the reader's language."""

from flask import Flask
from flask_babel import gettext, lazy_gettext

from clienteling.catalogue.allergens import Allergen, name
from clienteling.catalogue.declarations import AllergenStatus
from clienteling.catalogue.imports.desk import Stage
from clienteling.catalogue.imports.rows import FileError
from web.languages import language

_STATUSES = {
    AllergenStatus.CONTAINED: (lazy_gettext("Contains"), "warn"),
    AllergenStatus.TRACES: (lazy_gettext("Traces"), "info"),
    AllergenStatus.FREE: (lazy_gettext("Free from"), "check"),
    AllergenStatus.NOT_KNOWN: (lazy_gettext("Not known"), "question"),
}

_STAGES = {
    Stage.SENDING: lazy_gettext("The file is being sent"),
    Stage.TRYING: lazy_gettext("The file is being read; nothing is kept yet"),
    Stage.TRIED: lazy_gettext("Tried: nothing is kept yet"),
    Stage.KEEPING: lazy_gettext("The products are being kept"),
    Stage.KEPT: lazy_gettext("Imported"),
    Stage.FAILED: lazy_gettext("Nothing was imported"),
}

_MONTHS = (
    *(lazy_gettext("Jan"), lazy_gettext("Feb"), lazy_gettext("Mar"), lazy_gettext("Apr")),
    *(lazy_gettext("May"), lazy_gettext("Jun"), lazy_gettext("Jul"), lazy_gettext("Aug")),
    *(lazy_gettext("Sep"), lazy_gettext("Oct"), lazy_gettext("Nov"), lazy_gettext("Dec")),
)

#: Sentences of `clienteling.catalogue` that a manager meets: here so that they are translated.
SENTENCES = (
    lazy_gettext("This is too long. Shorten it."),
    lazy_gettext("This is empty. Fill it in."),
    lazy_gettext("This cannot be read. See the list of columns."),
    lazy_gettext("A barcode has 8, 12, 13 or 14 digits."),
    lazy_gettext("The barcode's last digit does not fit the others. Type it again."),
    lazy_gettext("Write a price like 3.49 or 3,49."),
    lazy_gettext("Write a date like 2026-11-22."),
    lazy_gettext("Write months as numbers, like 11,12 or 10-2."),
    lazy_gettext("Write months as numbers from 1 to 12."),
    lazy_gettext("Write yes or no."),
    lazy_gettext("Write a whole number from 0, or nothing where it is not known."),
    lazy_gettext("Write at most 20 words for the taste, each of at most 40 characters."),
    lazy_gettext("Give a barcode or a code of the shop's own: it tells products apart."),
    lazy_gettext("This is none of the fourteen allergens. Write them as in the list of columns."),
    lazy_gettext("This allergen stands in two columns. Take it out of one."),
    lazy_gettext("There are more cells than columns. Put text with commas in quotes."),
    lazy_gettext("A new product needs a name."),
    lazy_gettext("The barcode is one product's and the code another's. Correct one of them."),
    lazy_gettext("This product stands in the file already. Take one of the two lines out."),
    lazy_gettext(
        "Another product has this barcode or this code of the shop's own. Correct one of the two."
    ),
    lazy_gettext("This is longer than can be kept: the rest was cut off."),
    lazy_gettext("This is no barcode. It is kept as the shop's own code: nothing can be scanned."),
    lazy_gettext("This is no barcode. The product is kept without one: nothing can be scanned."),
    lazy_gettext("Nobody here knows this allergen: what was not named is not known. Check it."),
    lazy_gettext("The ingredients name this, the list of allergens does not: not known. Check it."),
    lazy_gettext("This gzip file is damaged or cut off. Make it again."),
    lazy_gettext("This file is larger than 100 MB. Divide it, and import the parts."),
    lazy_gettext("This file is larger than 20 MB. Divide it."),
    lazy_gettext("This file is UTF-16. Save it as “CSV UTF-8” in your spreadsheet."),
    lazy_gettext("Line {line} is not UTF-8. Save the file as “CSV UTF-8” in your spreadsheet."),
    lazy_gettext("This is no text file. Save it as “CSV UTF-8” in your spreadsheet."),
    lazy_gettext("This file is empty."),
    lazy_gettext("Two columns have the same name. Name each once."),
    lazy_gettext("There are more than 100,000 rows. Divide the file."),
    lazy_gettext(
        "From line {line} the table cannot be read: a quote is not closed, or stands in a "
        "cell without being doubled. Nothing was imported."
    ),
    lazy_gettext("There is no column {columns}. The template has every column that there is."),
    lazy_gettext("The first line must name the columns, with gtin or sku among them."),
    lazy_gettext(
        "This is no export of Open Food Facts: it has no columns code and allergens_tags."
    ),
    lazy_gettext("Line {line} is no JSON. Nothing was imported."),
    lazy_gettext("Product {number} is no JSON object. Nothing was imported."),
    lazy_gettext("This is no product export of Shopify: it has no columns Handle and Title."),
    lazy_gettext("Another import is running. Wait until it is done."),
    lazy_gettext("This import is over. Choose the file again."),
)


def advice_word(sentence: str) -> str:
    """Return a sentence about a cell in the reader's language."""
    return str(gettext(sentence))


def failure_word(error: Exception) -> str:
    """Return why an import came to nothing, in the reader's language."""
    if isinstance(error, FileError):
        return advice_word(error.sentence).format(**error.values)
    return advice_word(str(error))


def picture_word(sentence: str) -> str:
    """Return why a picture is not taken; what exactly libraries found is not told."""
    del sentence
    return str(gettext("This picture cannot be used. Give a JPEG, PNG or WebP photograph."))


def init_words(app: Flask) -> None:
    """Teach the templates these words."""
    app.jinja_env.globals.update(
        allergen_word=lambda allergen: name(Allergen(allergen), language()),
        status_word=lambda status: str(_STATUSES[AllergenStatus(status)][0]),
        status_icon=lambda status: _STATUSES[AllergenStatus(status)][1],
        stage_word=lambda stage: str(_STAGES[Stage(stage)]),
        month_word=lambda month: str(_MONTHS[int(month) - 1]),
        advice_word=advice_word,
    )
