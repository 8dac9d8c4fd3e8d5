"""Safetensors files: a little-endian 64-bit header length, the header in JSON, the data."""
import json
import struct
from typing import Dict, Optional, Tuple

import numpy as np

TYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}


def write(path: str, tensors: Dict[str, np.ndarray], metadata: Optional[Dict[str, str]] = None) -> None:
    """Writes the tensors in their order, and the metadata."""
    names = {np.dtype(dtype): name for name, dtype in TYPES.items()}
    header, offset = {}, 0
    if metadata:
        header["__metadata__"] = metadata
    for name, value in tensors.items():
        header[name] = {"dtype": names[value.dtype], "shape": list(value.shape), "data_offsets": [offset, offset + value.nbytes]}
        offset += value.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    # Spaces after the header keep the data aligned to 8 bytes.
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for value in tensors.values():
            file.write(np.ascontiguousarray(value).tobytes())


def read(path: str) -> Tuple[Dict[str, np.ndarray], Dict[str, str]]:
    """The tensors by name, and the metadata."""
    with open(path, "rb") as file:
        length, = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    metadata = header.pop("__metadata__", {})
    tensors = {name: np.frombuffer(data[slice(*entry["data_offsets"])], TYPES[entry["dtype"]]).reshape(entry["shape"])
               for name, entry in header.items()}
    return tensors, metadata
