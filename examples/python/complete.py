"""complete.py LIBEMDC WEIGHTS RGB.npy DEPTH.npy OUT.npy: uint8 H×W×3 and float32 H×W metres in, float32 H×W metres out."""
import ctypes
import sys

import numpy as np


class Frame(ctypes.Structure):  # emdc_frame
    _fields_ = [("size", ctypes.c_uint32), ("width", ctypes.c_int32), ("height", ctypes.c_int32), ("rgb_format", ctypes.c_int32),
                ("rgb", ctypes.c_void_p), ("rgb_stride", ctypes.c_ssize_t), ("depth", ctypes.c_void_p), ("depth_stride", ctypes.c_ssize_t),
                ("depth_format", ctypes.c_int32), ("depth_unit", ctypes.c_float)]


class Maps(ctypes.Structure):  # emdc_maps
    _fields_ = [("size", ctypes.c_uint32), ("reserved", ctypes.c_uint32), ("stride", ctypes.c_ssize_t), ("dense", ctypes.c_void_p),
                ("global_", ctypes.c_void_p), ("local", ctypes.c_void_p), ("confidence", ctypes.c_void_p), ("uncertainty", ctypes.c_void_p)]


lib = ctypes.CDLL(sys.argv[1])
lib.emdc_last_error.restype = ctypes.c_char_p
check = lambda status: status and sys.exit(lib.emdc_last_error().decode())
rgb, depth = (np.ascontiguousarray(np.load(path), kind) for path, kind in zip(sys.argv[3:5], (np.uint8, np.float32)))
dense = np.empty_like(depth)
engine = ctypes.c_void_p()
check(lib.emdc_open(1, sys.argv[2].encode(), None, ctypes.byref(engine)))
frame = Frame(ctypes.sizeof(Frame), rgb.shape[1], rgb.shape[0], 0, rgb.ctypes.data, 0, depth.ctypes.data, 0, 0, 0)
maps = Maps(size=ctypes.sizeof(Maps), dense=dense.ctypes.data)
check(lib.emdc_complete(engine, ctypes.byref(frame), ctypes.byref(maps), None))
check(lib.emdc_close(engine))
np.save(sys.argv[5], dense)
