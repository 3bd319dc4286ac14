"""The rules about promised time: pure, no I/O, no look at the clock."""
