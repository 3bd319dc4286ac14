"""Compares the analysts' views of real logs with figures that others computed from the logs."""
