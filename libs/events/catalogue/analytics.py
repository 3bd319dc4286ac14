"""What analytics says: nothing yet. It hears everything; alerts and corrections will be spoken on `quality`."""
