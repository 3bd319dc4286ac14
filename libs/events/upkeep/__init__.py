"""What makes, rebuilds, compares and mends the tables and the log."""
