"""Pages of a material by the document camera or from files."""
