"""The form of the tables at the foot of each module."""

from collections.abc import Callable, Mapping
from typing import Any

from libs.events.log.envelope import Fact
from services.analytics.domain.case import Case

Handlers = Mapping[type[Any], Callable[[Case, Fact], None]]
"""Event class → what it changes."""
