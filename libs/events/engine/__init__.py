"""What runs a service: it reads, decides, writes and sends, on behalf of what the service declares."""
