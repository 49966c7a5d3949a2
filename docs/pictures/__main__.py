"""Draw the pictures of the guide: `make pictures`, or `python docs/pictures nbd pareto-nbd` for some of them."""

from __future__ import annotations

import sys

from drawings import DRAWINGS, GUIDE, drawn

for name in sys.argv[1:] or DRAWINGS:
    (GUIDE / f"{name}.svg").write_text(drawn(name), encoding="utf-8", newline="\n")
    print(GUIDE / f"{name}.svg")
