"""How fast each promise is kept, always beside something else in the same run."""
