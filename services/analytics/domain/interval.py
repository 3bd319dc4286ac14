"""How sure a share is: its interval by Wilson's score."""

from math import sqrt

Z = 1.959964
"""How many standard deviations hold 95 % of a normal distribution."""


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """Return between which bounds the true share lies, as far as so many tell; None if there are none.

    Unlike the textbook interval it is right for few and for shares near 0 and 1 (Wilson 1927; Brown, Cai, DasGupta 2001).
    """
    if not 0 <= part <= whole or not whole:
        return None
    share, spread = part / whole, Z * Z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * sqrt(share * (1 - share) / whole + spread / (4 * whole))
    return max(0.0, middle - half), min(1.0, middle + half)
