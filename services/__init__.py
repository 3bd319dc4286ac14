"""The five services. They know each other's events, never each other."""
