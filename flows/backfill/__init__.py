"""Filling in the past out of WARC files: files are cut into jobs, read by many processes, and loaded at once.

``inputs`` finds the files, ``reading`` reads one, ``parts_folder`` keeps what came out of it, ``workers`` and ``cluster`` run the
jobs, ``loading`` brings the parts into the warehouse, and ``warcs`` puts them together. Nothing here needs Prefect.
"""
