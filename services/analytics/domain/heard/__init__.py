"""What each speaker's facts change in the memory of a case; one module per speaker. Facts are taken as they are."""
