"""Compares what analysts read of real logs with figures that others computed from them."""
