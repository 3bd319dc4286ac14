"""How a case walks through the nodes of the standard that is pinned to it."""
