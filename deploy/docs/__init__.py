"""The documents made from the code: `python -m deploy.docs` writes them, `--check` fails if one is stale."""
