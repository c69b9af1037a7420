"""Reads the initializers of an ONNX file: the few protobuf fields that onnx_writer.py writes."""
import numpy as np

_TYPES = {1: np.float32, 7: np.int64}


def _fields(data):
    """(field number, value) of one message; value is an int or bytes."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            size = varint() if key & 7 == 2 else 4
            yield key >> 3, data[at:at + size]
            at += size


def _tensor(data):
    fields = list(_fields(data))
    known = {field: value for field, value in fields}
    dims = [value for field, value in fields if field == 1]
    return bytes(known[8]).decode(), np.frombuffer(known[9], _TYPES[known[2]]).reshape(dims).copy()


def read_tensors(path):
    """Initializers by name."""
    graph = dict(_fields(memoryview(path.read_bytes())))[7]
    return dict(_tensor(value) for field, value in _fields(graph) if field == 5)
