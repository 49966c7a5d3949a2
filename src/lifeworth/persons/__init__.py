"""The data of one person: handed out as a whole, or removed everywhere, with a proof."""
