"""From specs to components: what each block of a page looks like in a browser."""
