"""What the facts of one case add up to; pure."""
