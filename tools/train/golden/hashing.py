"""Exact numbers from an integer hash: the same bits in Python and C#."""
import numpy as np


def name_hash(name: str) -> int:
    """FNV-1a, 32 bits, over the name's UTF-8 bytes."""
    value = 0x811C9DC5
    for byte in name.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def bits(name: str, count: int) -> np.ndarray:
    """32 well-mixed bits for each index below `count`: MurmurHash3's finaliser of name_hash + index · 2³²/φ."""
    index = np.arange(count, dtype=np.uint32)
    value = index * np.uint32(0x9E3779B9) + np.uint32(name_hash(name))
    value = (value ^ (value >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    value = (value ^ (value >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return value ^ (value >> np.uint32(16))


def symmetric(name: str, count: int) -> np.ndarray:
    """float32 in [-1, 1): multiples of 2⁻²³, so that nothing is rounded."""
    return ((bits(name, count) >> np.uint32(8)).astype(np.int32) - (1 << 23)).astype(np.float32) * np.float32(2.0 ** -23)
