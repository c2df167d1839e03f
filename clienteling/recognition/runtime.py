"""How a model is run: OpenCV's DNN module, one thread a picture. For models of recognition only."""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from clienteling.recognition.frames import wipe

Tensor = NDArray[np.float32]

#: The identifier in the header of a TFLite file (a FlatBuffer).
_TFLITE: Final = b"TFL3"


class Model:
    """A serialised ONNX or TFLite model. Threads may share it.

    OpenCV's networks keep state, so each thread that runs at the same time gets one of its own; the
    others wait. There are never more than cores, however many cameras: more would only take memory.
    """

    def __init__(self, content: bytes) -> None:
        """Load the model once, so that a damaged one shows now."""
        self._content: Final = np.frombuffer(content, np.uint8)
        self._turns = threading.BoundedSemaphore(os.cpu_count() or 1)
        self._lock = threading.Lock()
        self._idle = [self._load()]

    def run(self, inputs: Mapping[str, Tensor], outputs: Sequence[str]) -> list[Tensor]:
        """The named outputs for the named inputs, as copies of our own."""
        with self._borrowed() as network:
            for name, value in inputs.items():
                network.setInput(value, name)
            values = [np.asarray(value, np.float32) for value in _forward(network, outputs)]
            copies = [value.copy() for value in values]
            wipe(*values)  # they may be the network's own
            return copies

    @contextmanager
    def _borrowed(self) -> Iterator[cv2.dnn.Net]:
        with self._turns:
            with self._lock:
                network = self._idle.pop() if self._idle else None
            network = network or self._load()
            yield network
            # Only after a run that went well: what failed may be in any state.
            with self._lock:
                self._idle.append(network)

    def _load(self) -> cv2.dnn.Net:
        # Cameras are the unit of parallelism: a pool of threads for one picture waits for the
        # slowest of them, and loses when a neighbour takes a core (docs/decisions/0021).
        cv2.setNumThreads(1)
        is_tflite = self._content[4:8].tobytes() == _TFLITE
        read = cv2.dnn.readNetFromTFLite if is_tflite else cv2.dnn.readNetFromONNX
        return read(self._content, cv2.dnn.ENGINE_NEW)


def _forward(network: cv2.dnn.Net, outputs: Sequence[str]) -> Sequence[cv2.typing.MatLike]:
    if len(outputs) == 1:
        # By its name alone: of a TFLite model's outputs OpenCV 5 lists only the last.
        return [network.forward(outputs[0])]
    return network.forward(list(outputs))
