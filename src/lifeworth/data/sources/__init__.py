"""Where rows come from: files, databases, frames; each ends in the staged table."""
