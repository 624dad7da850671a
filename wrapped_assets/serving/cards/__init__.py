"""The cards people share: SVG from a story, in fonts that are known to have every character, as PNG or JPEG."""
