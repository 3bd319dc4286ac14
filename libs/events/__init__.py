"""The kernel: one log of facts, written once per type, read in order, replayed at will. No business rule lives here."""
