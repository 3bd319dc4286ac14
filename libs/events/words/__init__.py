"""What everybody says alike: events, instants, names, refusals. Pure; knows nothing of what stands above it."""
