"""Backups of earlier releases, and the recipe by which each release makes its own before the next one is begun."""
