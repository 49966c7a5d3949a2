"""Charts as SVG: scales and axes, and one file a kind of chart."""
