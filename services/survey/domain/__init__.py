"""Whom we ask, what an answer is, and the link that lets only the asked one answer."""
