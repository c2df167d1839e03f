"""Models as published hold block-quantised weights; onnxruntime would unpack them at every call.

Unpacking once makes a call of SFace about five times faster (110 to 20 ms on one thread) with the
same output. The result is kept in a cache folder with its digest and made again whenever the two do
not fit. docs/decisions/0021.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from clienteling.errors import StartError
from clienteling.recognition.weights import SFACE, YUNET, Weights, read_weights

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

#: Raise when the way of folding changes, so that older caches are not taken.
_VERSION: Final = 1
_DIGEST_BYTES: Final = 32


def folded_sface(cache: Path) -> bytes:
    """SFace with float32 weights, as a serialised ONNX model.

    Args:
        cache: Folder of our own for the result, made if absent. A damaged file is replaced.

    Raises:
        WeightsError: The published weights are missing or altered.
        StartError: The folder cannot be written.
    """
    return _kept(cache, f"sface-2021dec-f32-{SFACE.sha256[:12]}-v{_VERSION}.onnx", SFACE, fold)


def folded_yunet(cache: Path | None) -> bytes:
    """YuNet with float32 weights, for pictures of any size whose sides are multiples of 32.

    Args:
        cache: As for `folded_sface`; None unpacks it again (half a second).

    Raises:
        WeightsError: The published weights are missing or altered.
        StartError: The folder cannot be written.
    """
    if cache is None:
        return _fold_for_any_size(read_weights(YUNET))
    name = f"yunet-2023mar-f32-{YUNET.sha256[:12]}-v{_VERSION}.onnx"
    return _kept(cache, name, YUNET, _fold_for_any_size)


def _kept(cache: Path, name: str, weights: Weights, make: Callable[[bytes], bytes]) -> bytes:
    """What the cache holds under this name, or what is made now and held from now on."""
    source = read_weights(weights)
    path = cache / name
    kept = _read_kept(path)
    if kept is not None:
        return kept
    model = make(source)
    _keep(path, model)
    return model


def _read_kept(path: Path) -> bytes | None:
    """The cached model, or None when it is absent or its digest, which leads the file, is wrong."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, model = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    return model if digest == hashlib.sha256(model).digest() else None


def _keep(path: Path, model: bytes) -> None:
    """Write digest and model in one rename, so that nobody reads a half-written file."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            temporary = Path(file.name)
            file.write(hashlib.sha256(model).digest())
            file.write(model)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()
        raise StartError(
            f"The face model cannot be kept in {path.parent}: {error.strerror}. Make the folder "
            "writable and leave 40 MB free."
        ) from error


def fold(source: bytes) -> bytes:
    """Replace each DequantizeLinear of constants by its float32 result."""
    import onnx  # noqa: PLC0415  # takes half a second, and is needed only when there is no cache

    model = onnx.load_from_string(source)
    graph = model.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    unpacked = [
        onnx.numpy_helper.from_array(_dequantize(node, constants), node.output[0])
        for node in graph.node
        if node.op_type == "DequantizeLinear"
    ]
    nodes = [node for node in graph.node if node.op_type != "DequantizeLinear"]
    _replace(model, nodes, [*constants.values(), *unpacked])
    return bytes(model.SerializeToString(deterministic=True))


def _fold_for_any_size(source: bytes) -> bytes:
    """Fold, and let the picture's height and width (and what follows from them) be any."""
    import onnx  # noqa: PLC0415  # see `fold`

    model = onnx.load_from_string(fold(source))
    graph = model.graph
    for value, axes in ((graph.input[0], (2, 3)), *((output, (1,)) for output in graph.output)):
        for axis in axes:
            value.type.tensor_type.shape.dim[axis].dim_param = f"{value.name}_{axis}"
    del graph.value_info[:]
    return bytes(model.SerializeToString(deterministic=True))


def _replace(model: "ModelProto", nodes: "list[NodeProto]", constants: "list[TensorProto]") -> None:
    """Give the graph these nodes, the constants that they use, and no constant as an input."""
    graph = model.graph
    used = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in constants if tensor.name in used]
    # SFace lists its constants as inputs too, under their own and under older names; all of them
    # would have to be given at every call.
    names = {tensor.name for tensor in constants}
    inputs = [value for value in graph.input if value.name in used - names]
    for field, values in ((graph.node, nodes), (graph.initializer, kept), (graph.input, inputs)):
        del field[:]
        field.extend(values)


def _dequantize(node: "NodeProto", constants: "dict[str, TensorProto]") -> NDArray[np.float32]:
    """What the node computes: (quantised - zero point) * scale, per block along its axis."""
    from onnx import numpy_helper  # noqa: PLC0415  # see `fold`

    values, scales, zeros = (numpy_helper.to_array(constants[name]) for name in node.input)
    attributes = {attribute.name: attribute.i for attribute in node.attribute}
    axis, block = attributes["axis"], attributes["block_size"]
    whole = [
        np.repeat(part.astype(np.float32), block, axis).take(range(values.shape[axis]), axis)
        for part in (scales, zeros)
    ]
    return np.asarray((values.astype(np.float32) - whole[1]) * whole[0], np.float32)
