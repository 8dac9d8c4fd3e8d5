"""The repeated parts of the network, as data."""
from typing import NamedTuple, Tuple


class InvertedResiduals(NamedTuple):
    """One row of MobileNetV2's table: `count` blocks, of which the first has `stride` and the others 1."""
    expansion: int
    channels: int
    count: int
    stride: int


class Stage(NamedTuple):
    """One stage of the funnel: every iteration reads the dilations 1..`dilations`."""
    dilations: int
    iterations: int


#: Features 1 to 17 of the encoder.
INVERTED_RESIDUALS: Tuple[InvertedResiduals, ...] = tuple(InvertedResiduals(*row) for row in (
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)))

#: The encoder outputs that the decoder reads: 1/2, 1/4, 1/8, 1/16 and 1/32 of the input's size.
TAPS = (1, 3, 6, 10, 17)

#: The published network: 21 iterations.
NINE_STAGES: Tuple[Stage, ...] = tuple(Stage(*row) for row in (
    (3, 3), (3, 2), (3, 2), (2, 3), (2, 2), (2, 2), (1, 3), (1, 2), (1, 2)))

#: The paper's shorter funnel: 15 iterations. No weights were published for it.
SIX_STAGES: Tuple[Stage, ...] = tuple(Stage(*row) for row in ((3, 3), (3, 2), (2, 3), (2, 2), (1, 3), (1, 2)))
