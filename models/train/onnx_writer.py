"""Just enough of the ONNX protobuf to write a model: Debian's torch comes without the onnx package, and a graph written
by hand has readable names and no exporter's leftovers."""
import struct

import numpy as np

_FLOAT, _INT64 = 1, 7
_TYPES = {np.dtype(np.float32): _FLOAT, np.dtype(np.int64): _INT64}


def _varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field, value):
    return _varint(field << 3) + _varint(value)


def _bytes(field, value):
    data = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _attribute(name, value):
    if isinstance(value, float):
        return _bytes(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
    if isinstance(value, int):
        return _bytes(1, name) + _number(3, value) + _number(20, 2)
    return _bytes(1, name) + b"".join(_number(8, item) for item in value) + _number(20, 7)


def _tensor(name, array):
    dims = b"".join(_number(1, size) for size in array.shape)
    return dims + _number(2, _TYPES[array.dtype]) + _bytes(8, name) + _bytes(9, np.ascontiguousarray(array).tobytes())


def _value_info(name, kind, shape):
    dims = b"".join(_bytes(1, _number(1, size) if isinstance(size, int) else _bytes(2, size)) for size in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, dims)))


class Graph:
    """Collects nodes and constants in the order they are added."""

    def __init__(self, name):
        self.name, self.nodes, self.tensors = name, [], {}

    def constant(self, name, values):
        """Adds an initializer (float32, or int64 for integers) and gives its name."""
        array = np.asarray(values)
        self.tensors[name] = array.astype(np.int64 if array.dtype.kind in "iu" else np.float32)
        return name

    def add(self, op, inputs, output, **attributes):
        """Adds a node with one output and gives the output's name; the node is called like it."""
        self.nodes.append(b"".join(_bytes(1, each) for each in inputs) + _bytes(2, output) + _bytes(3, output)
                          + _bytes(4, op) + b"".join(_bytes(5, _attribute(*item)) for item in attributes.items()))
        return output

    def save(self, path, inputs, outputs, **metadata):
        """Writes the model; inputs and outputs are (name, numpy type, shape), with names for free sizes."""
        graph = b"".join(_bytes(1, node) for node in self.nodes) + _bytes(2, self.name)
        graph += b"".join(_bytes(5, _tensor(*item)) for item in self.tensors.items())
        for field, values in ((11, inputs), (12, outputs)):
            graph += b"".join(_bytes(field, _value_info(name, _TYPES[np.dtype(kind)], shape))
                              for name, kind, shape in values)
        opset = _bytes(1, "") + _number(2, 17)
        model = _number(1, 8) + _bytes(2, "oml-models") + _bytes(7, graph) + _bytes(8, opset)
        model += b"".join(_bytes(14, _bytes(1, key) + _bytes(2, str(value))) for key, value in metadata.items())
        path.write_bytes(model)
