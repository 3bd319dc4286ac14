"""The five shipped standards as conversations: who says what, how it is answered, and what is then true."""
