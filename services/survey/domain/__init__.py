"""Whom we ask, what an answer is, the link that lets only the asked one answer, and the words they read."""
