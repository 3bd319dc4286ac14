"""What is accepted as a case, what is said of it in clear, and how another system's record becomes history."""
