"""The key figures of the handbooks that are counted by day, one declaration each (docs/adding.md, "A figure")."""
