import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from clienteling.recognition.runtime import Model
from clienteling.recognition.weights import SFACE, read_weights


def test_many_threads_share_a_few_networks_and_get_their_own_answers() -> None:
    model = Model(read_weights(SFACE))
    random = np.random.default_rng(1)
    pictures = [random.uniform(0, 255, (1, 3, 112, 112)).astype(np.float32) for _ in range(8)]

    def run(picture: np.ndarray) -> np.ndarray:
        return model.run({"data": picture}, ["fc1"])[0]

    alone = [run(picture) for picture in pictures]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(run, pictures))
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))
    assert not np.array_equal(alone[0], alone[1])
    assert 1 <= len(model._idle) <= (os.cpu_count() or 1)
