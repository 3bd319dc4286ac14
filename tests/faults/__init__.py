"""Real processes under load that are killed, paused and restarted, and a checker of the data they leave."""
