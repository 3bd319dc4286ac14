"""How a team hands out its work: what waits, who may have it now, to whom it goes."""
