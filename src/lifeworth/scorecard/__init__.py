"""The Balanced Scorecard: objectives that fill themselves, arrows that are tested, reviews that are kept."""
