"""The spaCy side: reading names, policies, alliances and relevance out of text."""
