"""How far it is: a bar on a terminal, a line now and then elsewhere. To standard error."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from tqdm import tqdm

_Item = TypeVar("_Item")
_LINES: Final = 10


def watched(
    items: Iterable[_Item], total: int, what: str, say: Callable[[str], None]
) -> Iterator[_Item]:
    """The items, while telling how many have come.

    Args:
        items: To pass on.
        total: How many there will be.
        what: Their name, in the plural.
        say: Takes a line where there is no terminal.
    """
    if sys.stderr.isatty():
        yield from tqdm(items, total=total, unit=f" {what}", file=sys.stderr)
        return
    step = max(1, -(-total // _LINES))
    for number, item in enumerate(items, start=1):
        yield item
        if number % step == 0 or number == total:
            say(f"{number:,} of {total:,} {what}")


@contextmanager
def counted(total: int, what: str, say: Callable[[str], None]) -> Iterator[Callable[[int], None]]:
    """Lend a function to be told how many are done, for work that is not a loop over items.

    Args:
        total: How many there will be.
        what: Their name, in the plural.
        say: Takes a line where there is no terminal.
    """
    if sys.stderr.isatty():
        with tqdm(total=total, unit=f" {what}", file=sys.stderr) as bar:

            def move(done: int) -> None:
                bar.update(done - bar.n)

            yield move
        return
    step = due = max(1, -(-total // _LINES))

    def tell(done: int) -> None:
        nonlocal due
        if done >= due:
            say(f"{done:,} of {total:,} {what}")
            due = done + step

    yield tell
