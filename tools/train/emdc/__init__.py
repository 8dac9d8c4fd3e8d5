"""EMDC, the depth-completion network, in PyTorch."""
from .model import EMDC, Outputs
from .plan import INVERTED_RESIDUALS, NINE_STAGES, SIX_STAGES, Stage

__all__ = ["EMDC", "Outputs", "INVERTED_RESIDUALS", "NINE_STAGES", "SIX_STAGES", "Stage"]
