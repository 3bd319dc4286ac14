"""The ways in which a team may hand out its work, as rosters name them."""

STRATEGIES = ROUND_ROBIN, LEAST_LOADED, WEIGHTED, REMAINING_TIME = "round_robin", "least_loaded", "weighted", "remaining_time"
"""To whom work goes: in turn, to who has least, to who has least of their capacity, to who has least that falls due before."""
