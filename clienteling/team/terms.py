"""How long what the team keeps about itself stays. Those who work here are data subjects too.

Source of each: [d], a design default of this program; no region profile speaks of them. Whoever
runs the shop names other terms with its works council.
"""

from datetime import timedelta

_TWO_YEARS = timedelta(days=730)

#: Stories and reactions.
MOMENTS = _TWO_YEARS
#: What was spent, for whoever checks the till; the shop's books keep the sums as the law says.
SURPRISES = _TWO_YEARS
#: Compliments, and the bonuses that were paid by them.
COMPLIMENTS = _TWO_YEARS
#: Private learning notes, counted from when their writer last opened them.
LEARNING_UNUSED = _TWO_YEARS
