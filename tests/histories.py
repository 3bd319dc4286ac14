"""Hypothesis' idea of a case's history: any of some events at few instants and under few numbers, so that they collide."""

from hypothesis import strategies as st


def histories(fact, events, times, *, max_size, sequences=(1, 3), **words):
    """Draw facts as `fact(when, event, sequence=…)` makes them; `words` are strategies for its other arguments."""
    one = st.builds(fact, times, events, sequence=st.integers(*sequences), **words)
    return st.lists(one, max_size=max_size)
