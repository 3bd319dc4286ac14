"""The rules of survey: whom we ask, answers, the signed link, and the words that customers read."""
