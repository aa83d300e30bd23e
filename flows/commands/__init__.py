"""What the command line can do, a module a purpose. Each function is one command; ``flows.cli`` lists them.

Heavy modules are imported inside the commands, so that ``--help`` answers at once.
"""
