"""The commands of `loopdesk`, one module each; `deploy/cli.py` names them all."""
