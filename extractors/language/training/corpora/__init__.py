"""Open corpora: fetched by pinned address, converted to the DocBin files that ``training.fit`` reads. None is ever committed."""
