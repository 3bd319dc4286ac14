"""What all services stand on: the kernel around the log, and the HTTP shell."""
