"""Running Loopdesk: the command, the servers it starts, the standards and mappings it ships."""
