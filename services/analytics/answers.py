"""What analytics answers about corrections and risks."""

from dataclasses import dataclass

from pydantic import BaseModel

from libs.web.shapes import Shape
from services.analytics.tables.subjects import CorrectionRow, RiskRow


@dataclass(frozen=True, slots=True)
class Words:
    """What people wrote about it, by the references that stand in its columns; nothing after an erasure."""

    words: dict[str, str]


class Erased(BaseModel):
    """The answer to an erasure: how many texts there were."""

    words: int


CORRECTION = Shape(CorrectionRow, "CorrectionLine", "A correction as it is now, without what people wrote about it.")
CORRECTION_SHEET = Shape(CorrectionRow, "CorrectionSheet", "A correction, and what people wrote about it.", beside=Words)
RISK = Shape(RiskRow, "RiskLine", "A risk as it is now, without what people wrote about it.")
RISK_SHEET = Shape(RiskRow, "RiskSheet", "A risk, and what people wrote about it.", beside=Words)
