"""The documents that are made from the code: `python -m deploy.docs` writes them, `--check` fails when one is stale."""
