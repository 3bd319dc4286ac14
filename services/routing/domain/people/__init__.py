"""Who is in a team, what they may do, and when they are there."""
