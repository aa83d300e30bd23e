"""What a mark of a chart says under the pointer, and where it leads, in SVG without a script.

A mark carries both in Vega's ``description``: the address on the first line, empty for none, and then what it says.
"""

from __future__ import annotations

from lxml import etree

from warehouse.cells import xml_text

SVG = "http://www.w3.org/2000/svg"
# A line that turns the direction of writing turns only itself (Unicode's first strong isolate, and its end).
ISOLATED = "\u2068{}\u2069"


def hint(text: str, address: str = "") -> str:
    """The ``description`` of a mark that says ``text`` and leads to ``address``."""
    return "\n".join([address, *(ISOLATED.format(line) for line in text.split("\n"))])


def with_hints(svg: str) -> str:
    """``svg`` with the hints of its marks as titles and links.

    The links are for the pointer alone: who uses keys or ears finds the same in the table below a chart, and is not
    led through every bar.
    """
    tree = etree.fromstring(xml_text(svg))
    for mark in list(tree.iter(f"{{{SVG}}}path")):
        address, found, text = mark.get("aria-label", "").partition("\n")
        if found:
            etree.SubElement(mark, f"{{{SVG}}}title").text = text
            if address:
                _link(mark, address)
    for element in tree.iter():
        for name in [name for name in element.attrib if name.startswith("aria-") or name == "role"]:
            del element.attrib[name]
    return etree.tostring(tree, encoding="unicode")


def _link(mark: etree._Element, address: str) -> None:
    link = etree.Element(f"{{{SVG}}}a", href=address, tabindex="-1")
    mark.getparent().replace(mark, link)
    link.append(mark)
