"""The two stores: PostgreSQL, and its twin in memory."""
