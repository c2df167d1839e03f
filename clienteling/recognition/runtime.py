"""How a model is run: onnxruntime, one thread, no spinning. For detector and encoders only."""

from typing import Any

import onnxruntime


def load_model(model: bytes) -> Any:
    """A session for a serialised ONNX model; threads may share it.

    Cameras are the unit of parallelism: a pool of threads for one picture waits for the slowest of
    them, and loses when a neighbour takes a core (docs/decisions/0080).
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
