"""Where one service keeps what it said and knows: the port, PostgreSQL, and its twin in memory."""
