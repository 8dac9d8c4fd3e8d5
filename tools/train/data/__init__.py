"""Training and test samples, out of frames with dense depth."""
from .crops import Frames, crops
from .spots import spots

__all__ = ["Frames", "crops", "spots"]
