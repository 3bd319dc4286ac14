"""The read model: one row per case and per part of a case, and rollups that are sums of the cases' contributions.

Disposable: change it and replay. `info["additive"]` marks the rollups.
"""

from services.analytics.tables import cases, parts, rollups
from services.analytics.tables.columns import METADATA
from services.analytics.tables.deprecated import DEPRECATED, GOING, Deprecated, comments

__all__ = ["DEPRECATED", "GOING", "METADATA", "Deprecated", "cases", "comments", "parts", "rollups"]
