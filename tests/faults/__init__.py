"""Real processes under load while somebody kills, pauses and restarts them, and a checker of what is left."""
