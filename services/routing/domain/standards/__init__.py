"""What a sound process standard is, and how it is read, judged and published."""
