"""Reports that other programs made: read, and judged by what counts alone can say."""
