"""What the benches measure is the real work: the figures themselves are no test's matter."""

import json
from collections.abc import Sequence

import pytest

from camera.gallery_sync import open_gallery
from clienteling.cli import main
from clienteling.evaluation.bench import DIMENSION, bench_gallery, bench_search
from clienteling.recognition.gallery import Gallery


def test_each_size_is_searched_beside_the_bare_product() -> None:
    small, larger = bench_search([10, 300])
    assert (small.templates, larger.templates) == (10, 300)
    assert larger.ratio == pytest.approx(larger.search_ms / larger.product_ms, rel=0.1)


def test_the_gallery_that_is_opened_is_a_whole_one() -> None:
    opened: list[Gallery] = []

    def keeping(*arguments: object) -> Gallery:
        gallery = open_gallery(*arguments)  # type: ignore[arg-type]  # handed on as it comes
        opened.append(gallery)
        return gallery

    found = bench_gallery(7, keeping, turns=2)
    assert found.templates == 7
    assert found.reply_bytes > 7 * 4 * DIMENSION
    assert {len(gallery) for gallery in opened} == {7}
    # What is measured is a gallery that finds people.
    one = opened[0]
    assert one.search(one.matrix[3]).alias == one.aliases[3]


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        (["search", "--templates", "20", "30"], {"search"}),
        (["gallery", "--templates", "20"], {"templates", "open_ms", "bare_ms", "ratio"}),
    ],
)
def test_the_last_line_is_one_object(
    command: Sequence[str], keys: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", *command, "--json"]) == 0
    assert keys <= json.loads(capsys.readouterr().out.splitlines()[-1]).keys()


@pytest.mark.parametrize("count", ["0", "-1", "many", "1000001"])
def test_a_size_out_of_reach_is_refused(count: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["bench", "search", "--templates", count])
