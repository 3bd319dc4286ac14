"""The rules of intake: accepting cases, keeping personal words out of events, and taking other systems' history."""
