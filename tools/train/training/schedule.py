"""Learning rate over the run, by the share of its time or steps that has passed."""
import math


def rate(progress: float, peak: float, warm_up: float = 0.02, last: float = 0.01) -> float:
    """Linear from 0 to `peak` during the first `warm_up` of the run, then half a cosine down to `last`·peak. progress: 0…1."""
    if progress < warm_up:
        return peak * progress / warm_up
    fallen = 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - warm_up) / (1 - warm_up))))
    return peak * (last + (1 - last) * fallen)
