"""The read model: one row per case and per part of a case, and rollups that are sums of the cases' contributions.

Disposable: change it and replay. `info["additive"]` marks the rollups.
"""

from services.analytics.tables import cases, parts, rollups
from services.analytics.tables.columns import METADATA

__all__ = ["METADATA", "cases", "parts", "rollups"]
