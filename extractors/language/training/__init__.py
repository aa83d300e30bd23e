"""How the shipped pipeline is trained and scored: the annotated corpus, its reader, the training and evaluation programs."""
