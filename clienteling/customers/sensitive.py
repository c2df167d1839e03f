"""Words that hint at what does not belong in a note: health, belief, origin, sex life (GDPR 9).

A short list, whole words, Dutch and English. It asks a second time and catches a slip; it is no
filter, and what it does not know it lets pass. Allergies have a place of their own.
"""

import re
import unicodedata
from enum import StrEnum


class Topic(StrEnum):
    """What a word hints at."""

    HEALTH = "health"
    BELIEF = "belief"
    ORIGIN = "origin"
    SEX_LIFE = "sex_life"


_WORDS = {
    Topic.HEALTH: """
        ziek zieke ziekte ziekenhuis kanker diabetes suikerziekte depressie depressief burnout
        zwanger zwangerschap medicijn medicijnen therapie therapeut operatie handicap gehandicapt
        rolstoel dementie dement autisme autistisch adhd epilepsie coeliakie glutenallergie
        allergie allergieen allergisch hartpatient chemo verslaafd verslaving miskraam dokter
        ill illness sick disease hospital cancer diabetic depressed depression pregnant pregnancy
        medication medicine therapy therapist surgery disabled disability wheelchair dementia
        autism autistic epilepsy coeliac celiac allergy allergies allergic addicted addiction
        miscarriage doctor
    """,
    Topic.BELIEF: """
        geloof gelovig religie religieus moslim islam islamitisch halal joods jood koosjer christen
        christelijk katholiek protestant protestants gereformeerd hindoe boeddhist atheist ramadan
        moskee synagoge kerk vegan veganist veganistisch vegetarier vegetarisch vakbond politiek
        religion religious muslim islamic jewish jew kosher christian catholic hindu buddhist
        mosque synagogue church vegetarian politics
    """,
    Topic.ORIGIN: """
        afkomst herkomst allochtoon buitenlander vluchteling asielzoeker migrant immigrant
        huidskleur etnisch etniciteit marokkaan marokkaans surinaams antilliaans
        ethnic ethnicity refugee foreigner descent race racial
    """,
    Topic.SEX_LIFE: """
        seks seksueel homo homoseksueel lesbisch lesbienne biseksueel transgender
        sex sexual sexuality gay lesbian bisexual queer
    """,
}
_TOPIC_OF = {word: topic for topic, words in _WORDS.items() for word in words.split()}


def hints(text: str) -> dict[str, Topic]:
    """Return the words of `text` that hint at a topic, as they were typed."""
    found = {}
    for word in re.findall(r"[\w'’-]+", text):
        topic = _TOPIC_OF.get(_plain(word))
        if topic is not None:
            found[word] = topic
    return found


def _plain(word: str) -> str:
    """Return a word in lower case, without accents, hyphens and apostrophes."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in apart if letter.isalnum())
