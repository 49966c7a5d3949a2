"""Tables of the house: how they come in, how they are judged, where they are kept."""
