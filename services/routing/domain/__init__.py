"""The rules of routing: what a sound standard is, and how a case walks through the nodes of one."""
