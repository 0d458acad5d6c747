"""The verbs of a workshop: each is one plan for all of its teams."""
