"""Document cameras: the sheet in a picture found, cut out, straightened and judged; recorded pictures as a camera."""
