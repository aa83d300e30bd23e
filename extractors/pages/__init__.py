"""Pages: fetched politely, read into text and metadata, compared for copies."""
