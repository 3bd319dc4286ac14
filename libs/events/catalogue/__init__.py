"""The shared language: one module per speaking service. Name and version → class; a name taken twice fails at import."""

from libs.events.catalogue import analytics, intake, routing, sla, standard, survey, upcasts

SPEAKERS = (intake, routing, sla, survey, analytics)

__all__ = ["SPEAKERS", "analytics", "intake", "routing", "sla", "standard", "survey", "upcasts"]
