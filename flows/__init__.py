"""Prefect flows, the command line and the sample newsroom: the only place that imports Prefect."""
