"""The same taste in Dutch and in English, so that "hazelnoot" finds "hazelnut bar".

Words that are alike in both languages (chocolate, caramel) need no line: they are compared with
room for spelling.
"""

from collections.abc import Mapping

_PAIRS = """
aalbes currant, aardappel potato, aardbei strawberry, abrikoos apricot, amandel almond, ananas
pineapple, appel apple, bakkerij bakery, banaan banana, bes berry, bitter dark, bitter bitter,
bloemen flowers, bosbes blueberry, boter butter, braam blackberry, brood bread, cadeau gift,
citroen lemon, dadel date, drop liquorice, drop licorice, druif grape, fles bottle, framboos
raspberry, gebak pastry, gebakje cake, geitenkaas goatcheese, gember ginger, gezouten salted,
glas glass, granaatappel pomegranate, groen green, handgemaakt handmade, hart heart, hartig
savoury, hazelnoot hazelnut, honing honey, hout wood, ijs icecream, jam preserve, kaars candle,
kaas cheese, kaneel cinnamon, kauwgom gum, kers cherry, kerst christmas, kinderen children, koek
biscuit, koekje biscuit, koekje cookie, koffie coffee, kokos coconut, krokant crunchy, kruiden
herbs, kruidig spicy, lekker tasty, limoen lime, luchtig light, mandarijn tangerine, melk milk,
mok mug, munt mint, muntje mint, noot nut, noten nuts, nougat nougat, paasei easteregg, pasen
easter, peer pear, peper pepper, pepermunt peppermint, perzik peach, pinda peanut, pittig spicy,
plantaardig plantbased, pruim plum, puur dark, pure dark, reep bar, roggebrood ryebread, rood
red, room cream, rozijn raisin, scherp hot, sinaasappel orange, snoep sweets, snoep candy,
spekje marshmallow, suikervrij sugarfree, taart tart, taart cake, tas bag, thee tea, toffee
toffee, veganistisch vegan, vijg fig, vruchten fruit, walnoot walnut, wijn wine, winegum
winegum, wit white, zacht soft, zeezout seasalt, zoet sweet, zout salt, zuur sour, zwart black
"""


def _both_ways() -> Mapping[str, frozenset[str]]:
    known: dict[str, set[str]] = {}
    for pair in " ".join(_PAIRS.split()).split(", "):
        dutch, english = pair.split()
        known.setdefault(dutch, set()).add(english)
        known.setdefault(english, set()).add(dutch)
    return {word: frozenset(others) for word, others in known.items()}


#: What a word is called in the other language.
OTHERWISE: Mapping[str, frozenset[str]] = _both_ways()
