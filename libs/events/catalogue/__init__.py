"""The shared language: one module per speaking service. Name and version → class; a name taken twice fails at import."""

from libs.events.catalogue import analytics, intake, references, routing, sla, standard, survey

SPEAKERS = (intake, routing, sla, survey, analytics)

__all__ = ["SPEAKERS", "analytics", "intake", "references", "routing", "sla", "standard", "survey"]
