"""Compares what analysts read of two real logs with figures that others computed from them."""
