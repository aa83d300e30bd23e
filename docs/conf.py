"""How the documentation is built: ``make docs``, with Sphinx, MyST Markdown and the theme Furo; warnings are errors."""

import tomllib
from pathlib import Path

project = "rivalry"
release = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "version"
]
copyright = "the authors of rivalry"

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
nitpicky = True

myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence", "deflist"]
suppress_warnings = ["misc.highlighting_failure"]  # examples leave out with "..." what would make them whole

html_theme = "furo"
html_title = f"rivalry {release}"
html_show_copyright = False
html_extra_path = ["notebook.ipynb"]
