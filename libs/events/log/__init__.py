"""The log of facts: its port, the envelope on it, and the three places where it can live."""
