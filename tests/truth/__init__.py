"""The real logs and their truth; a run of its own, with the machine to itself."""
