"""Pictures as pure functions: values in, SVG and the same numbers as a table out. Nothing here knows the rest of the house.

A page calls one function, such as `funnel(sheet, stages)`, and writes the `Picture` that it returns. Colours and patterns
come from `pictures.css` by class, because the pages forbid inline style. `words.py` holds what a picture says by itself.
"""
