"""Pages as crawlers bring them, HTML and plain text, to articles."""
